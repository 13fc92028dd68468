/** A topology's files as changed by `--set`, not yet understood: the same content that a real cluster would be given. Apart because understanding and deploying both start from it. */
import { basename, dirname, join } from 'node:path';
import type { Place, ProblemList } from '../../base/errors.ts';
import { type Located, type LocatedMap, locate } from '../../base/yaml.ts';
import { createField, type Field } from './field.ts';
import { createFiles, type Files } from './files.ts';
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
  readonly sites: readonly SiteSource[];
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/** Reads all files and applies the changes. Problems go to the list; what could be read is returned. */
export async function readSources(
  place: TopologyPlace,
  changes: ChangeSet,
  allowCommands: boolean,
  problems: ProblemList,
): Promise<Sources> {
  const files = createFiles(place.folder, problems);
  const found = place.file === undefined ? madeUpTopology(files) : topologyDocument(files, basename(place.file));
  const topology = applyToTopology(found.node, changes, problems);
  const root = createField(topology, '', found.place, problems);
  const sites: SiteSource[] = [];
  for (const [name, site] of root.get('sites').entries())
    sites.push(applyToSite(await readSite(name, site, files, allowCommands), changes, problems));
  return {
    topology,
    topologyPlace: found.place,
    folderName: basename(place.folder),
    madeUp: place.file === undefined,
    sites,
    files: files.read(),
  };
}

interface Found {
  readonly node: Located;
  readonly place: Place;
}

function topologyDocument(files: Files, name: string): Found {
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
  return { node: first ?? locate({}, place), place };
}

/** No topology.yaml: the folder's only kind config makes one site, its other YAML files are the manifests. */
function madeUpTopology(files: Files): Found {
  const place = { file: basename(files.folder) };
  const top = files.expand('.', place);
  const paths = top.some((path) => hasManifests(files, path))
    ? top
    : [...top, ...files.subfolders('.').flatMap((folder) => files.expand(folder, place))];
  const kinds = paths.filter((path) => files.documents(path, { file: path }).some(isKindConfig));
  const [kind, ...others] = kinds;
  if (kind === undefined && files.problems.problems.length === 0)
    files.problems.add({
      ...place,
      message:
        'Expected a topology.yaml or a kind config (kind: Cluster, apiVersion: kind.x-k8s.io/v1alpha4), found none',
      hint: 'Put a kind config beside the manifests: one site is made from it.',
    });
  if (others.length > 0)
    files.problems.add({
      file: kind ?? '.',
      message: `Expected one kind config, found ${kinds.length}: ${kinds.join(', ')}`,
      hint: 'Write a topology.yaml that says which site each of them is.',
    });
  if (kind === undefined || others.length > 0) return { node: locate({}, place), place };
  const manifests = paths.filter((path) => path !== kind || hasManifests(files, path));
  const name = siteNameOf(files, kind);
  return { node: locate({ sites: { [name]: { cluster: kind, manifests } } }, place), place };
}

function hasManifests(files: Files, path: string): boolean {
  return files.documents(path, { file: path }).some((document) => !isKindConfig(document));
}

/** The cluster's own name, else the folder's, as a DNS label. */
function siteNameOf(files: Files, kind: string): string {
  const config = files.documents(kind, { file: kind }).find(isKindConfig);
  const named = config?.kind === 'map' ? config.entries.get('name') : undefined;
  const name = named?.kind === 'scalar' && typeof named.value === 'string' ? named.value : basename(files.folder);
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') || 'site'
  );
}

async function readSite(name: string, site: Field, files: Files, allowCommands: boolean): Promise<SiteSource> {
  const cluster = site.get('cluster').required();
  const path = cluster.text();
  const kind = path === undefined ? undefined : kindConfig(path, cluster, files);
  const objects: LocatedMap[] = [];
  for (const manifest of manifestFields(site.get('manifests')))
    for (const document of await documentsOf(manifest, files, allowCommands)) objects.push(...unfold(document, files));
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
  const isKustomization = /(^|\/)kustomization\.ya?ml$/i.test(document.place.file ?? '');
  if (document.kind === 'map' && isKustomization && kind === undefined)
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

function isKindConfig(document: Located): boolean {
  return textOf(document, 'kind') === 'Cluster' && (textOf(document, 'apiVersion') ?? '').startsWith('kind.');
}

/** A text directly under a mapping, if it is one. */
export function textOf(node: Located, key: string): string | undefined {
  const child = node.kind === 'map' ? node.entries.get(key) : undefined;
  return child?.kind === 'scalar' && typeof child.value === 'string' ? child.value : undefined;
}
