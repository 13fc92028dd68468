/** A topology's files as changed by `--set`, not yet understood: the same content that a real cluster would be given. Apart because understanding and deploying both start from it. */
import { basename, dirname, join } from 'node:path';
import type { Place, ProblemList } from '../../base/errors.ts';
import { type Located, type LocatedMap, locate } from '../../base/yaml.ts';
import { isKindConfig, isKustomization, isToolConfig, leftOutInWords, textOf } from './documents.ts';
import { createField, type Field } from './field.ts';
import { createFiles, type Files } from './files.ts';
import { type FoundTopology, makeUpTopology } from './made-up-topology.ts';
import { manifestsOfCommand } from './manifest-command.ts';
import type { TopologyPlace } from './place.ts';
import { applyToSite, applyToTopology, type ChangeSet } from './sets.ts';

/** One site's files. */
export interface SiteSource {
  readonly name: string;
  /** The kind config; undefined when it could not be read (a problem says why). */
  readonly kind: Located | undefined;
  /** Kubernetes objects, Lists unfolded, in order of reading. */
  readonly objects: readonly LocatedMap[];
  /** False when some manifest, of any site, could not be read: names that are not found may stand in it. */
  readonly whole: boolean;
}

/** All files of a topology. */
export interface Sources {
  /** topology.yaml; made up when there is none. */
  readonly topology: Located;
  readonly topologyPlace: Place;
  /** The folder's name: the topology's name when it says none. */
  readonly folderName: string;
  /** True when there was no topology.yaml. */
  readonly madeUp: boolean;
  /** What the files left open, in words. */
  readonly assumed: readonly string[];
  readonly sites: readonly SiteSource[];
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/** Reads all files and applies the changes. Problems go to the list; what could be read is returned. */
export async function readSources(
  place: TopologyPlace,
  changes: ChangeSet,
  { allowCommands, site: siteName }: { readonly allowCommands: boolean; readonly site: string | undefined },
  problems: ProblemList,
): Promise<Sources> {
  const files = createFiles(place.folder, problems);
  const found =
    place.file === undefined ? makeUpTopology(files, siteName) : topologyDocument(files, basename(place.file));
  const topology = applyToTopology(found.node, changes, problems);
  const root = createField(topology, '', found.place, problems);
  const read: Omit<SiteSource, 'whole'>[] = [];
  const assumed = [...found.assumed];
  const before = problems.problems.length;
  for (const [name, site] of root.get('sites').entries())
    read.push(await readSite(name, site, files, allowCommands, assumed));
  const whole = problems.problems.length === before;
  const sites = read.map((site) => applyToSite({ ...site, whole }, changes, problems));
  return {
    topology,
    topologyPlace: found.place,
    folderName: basename(place.folder),
    madeUp: place.file === undefined,
    assumed,
    sites,
    files: files.read(),
  };
}

function topologyDocument(files: Files, name: string): FoundTopology {
  const before = files.problems.problems.length;
  const documents = files.documents(name, { file: name });
  const place = { file: name, line: 1, column: 1 };
  const first = documents[0];
  if (first === undefined && files.problems.problems.length === before)
    files.problems.add({ file: name, message: 'Expected a topology, got an empty file' });
  if (documents.length > 1)
    files.problems.add({ ...documents[1]!.place, message: 'Expected one document in a topology file, got another' });
  if (first !== undefined && isKindConfig(first))
    files.problems.add({
      ...first.place,
      message: 'Expected a topology, got a kind config',
      hint: 'Give the folder instead of the file.',
    });
  return { node: first ?? locate({}, place), place, assumed: [] };
}

async function readSite(
  name: string,
  site: Field,
  files: Files,
  allowCommands: boolean,
  assumed: string[],
): Promise<Omit<SiteSource, 'whole'>> {
  const cluster = site.get('cluster').required();
  const path = cluster.text();
  const kind = path === undefined ? undefined : kindConfig(path, cluster, files);
  const objects: LocatedMap[] = [];
  for (const manifest of manifestFields(site.get('manifests')))
    for (const document of await documentsOf(manifest, files, allowCommands))
      if (isToolConfig(document)) assumed.push(leftOutInWords(document.place.file ?? '', "is a tool's setting"));
      else objects.push(...unfold(document, files));
  return { name, kind, objects };
}

function kindConfig(path: string, cluster: Field, files: Files): Located | undefined {
  const before = files.problems.problems.length;
  const documents = files.documents(path, cluster.place);
  const config = documents.find(isKindConfig);
  if (config === undefined && files.problems.problems.length === before)
    files.problems.add({
      ...(documents[0]?.place ?? { file: path }),
      message: `Expected a kind config (kind: Cluster, apiVersion: kind.x-k8s.io/v1alpha4) in \`${path}\``,
    });
  return config;
}

function manifestFields(manifests: Field): readonly Field[] {
  if (!manifests.present) return [];
  return manifests.node?.kind === 'list' ? manifests.items() : [manifests];
}

async function documentsOf(manifest: Field, files: Files, allowCommands: boolean): Promise<Located[]> {
  if (manifest.node?.kind === 'map') {
    manifest.onlyKeys(['command']);
    return manifestsOfCommand(manifest.get('command'), files, allowCommands);
  }
  const path = manifest.text();
  if (path === undefined) return [];
  const paths = files.expand(path, manifest.place);
  return paths.flatMap((each) =>
    files.documents(each, manifest.place).filter((document) => !isKindConfig(document) && !isTopologyFile(each, path)),
  );
}

/** A folder that holds a topology.yaml may be named as a manifests folder too; the topology is no manifest. */
function isTopologyFile(path: string, asked: string): boolean {
  return path !== asked && /^topology\.ya?ml$/.test(basename(path)) && dirname(path) === join(asked);
}

/** A List's items, and every other document as it is. What is not a Kubernetes object becomes a problem. */
function unfold(document: Located, files: Files): LocatedMap[] {
  const kind = textOf(document, 'kind');
  const apiVersion = textOf(document, 'apiVersion');
  if (document.kind === 'map' && kind === undefined && isKustomization(document.place.file ?? ''))
    return [withKind(document, 'Kustomization', 'kustomize.config.k8s.io/v1beta1')];
  if (document.kind !== 'map' || kind === undefined || apiVersion === undefined) {
    const hint =
      'Manifests folders hold Kubernetes objects only; a template must be rendered first (manifests: [{ command: helm template … }]).';
    files.problems.add({
      ...document.place,
      message: 'Expected a Kubernetes object with `apiVersion` and `kind`',
      hint,
    });
    return [];
  }
  const items = document.entries.get('items');
  if (!kind.endsWith('List') || items?.kind !== 'list') return [document];
  const itemKind = kind.slice(0, -'List'.length);
  return items.items.flatMap((item) =>
    unfold(
      itemKind !== '' && item.kind === 'map' && textOf(item, 'kind') === undefined
        ? withKind(item, itemKind, apiVersion)
        : item,
      files,
    ),
  );
}

function withKind(map: LocatedMap, kind: string, apiVersion: string): LocatedMap {
  const extra: [string, Located][] = [
    ['apiVersion', locate(apiVersion, map.place)],
    ['kind', locate(kind, map.place)],
  ];
  return { ...map, entries: new Map([...extra, ...map.entries]) };
}
