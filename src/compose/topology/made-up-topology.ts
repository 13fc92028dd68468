/** The topology of a folder without topology.yaml. Apart because somebody else's folder has rules of its own: one site, and what is no manifest is left out. */
import { basename, dirname } from 'node:path';
import type { Place } from '../../base/errors.ts';
import { type Located, locate } from '../../base/yaml.ts';
import { isKindConfig, isKustomization, isToolConfig, leftOutInWords } from './documents.ts';
import type { Files } from './files.ts';

/** A topology document, found or made up. */
export interface FoundTopology {
  readonly node: Located;
  readonly place: Place;
  /** What was left open, in words. */
  readonly assumed: readonly string[];
}

/** The folder's only kind config makes one site, its other YAML files are the manifests. Each is looked for beside, then one folder down, and so on. `siteName` is what to call the site; absent: by the files. */
export function makeUpTopology(files: Files, siteName: string | undefined): FoundTopology {
  const place = { file: basename(files.folder) };
  const levels = levelsOf(files);
  const holdsKind = (path: string) => documentsOf(files, path).some(isKindConfig);
  const kinds = firstLevel(levels, (level) => yamlIn(files, level, place).filter(holdsKind));
  const [kind] = kinds;
  refuseCount(kinds, files, place);
  if (kind === undefined || kinds.length > 1) return { node: locate({}, place), place, assumed: [] };
  const manifests = firstLevel(levels, (level) =>
    yamlIn(files, level, place).filter((path) => hasObjects(files, path)),
  );
  const byFiles = siteNameOf(files, kind);
  const name = siteName ?? byFiles;
  const assumed = [...leftOutWords(files, levels, manifests, place), ...unreadWords(files, levels, manifests, place)];
  if (name !== byFiles) assumed.push(`the one site is called ${name}, as the scenario calls it`);
  return { node: locate({ sites: { [name]: { cluster: kind, manifests } } }, place), place, assumed };
}

/** How deep manifests are looked for. */
const depthMax = 3;

/** Folders by depth, the folder itself first; installed packages aside. */
function levelsOf(files: Files): readonly (readonly string[])[] {
  const levels: string[][] = [['.']];
  while (levels.length <= depthMax) {
    const below = levels.at(-1)!.flatMap((folder) => files.subfolders(folder));
    levels.push(below.filter((folder) => basename(folder) !== 'node_modules'));
  }
  return levels;
}

function firstLevel(
  levels: readonly (readonly string[])[],
  find: (level: readonly string[]) => readonly string[],
): readonly string[] {
  for (const level of levels) {
    const found = find(level);
    if (found.length > 0) return found;
  }
  return [];
}

function yamlIn(files: Files, folders: readonly string[], place: Place): readonly string[] {
  return folders.flatMap((folder) => files.expand(folder, place));
}

/** Which level a manifest lies on; the deepest when there is none. */
function levelAt(levels: readonly (readonly string[])[], manifests: readonly string[]): number {
  const level = levels.findIndex((folders) => manifests[0] !== undefined && folders.includes(dirname(manifests[0])));
  return level === -1 ? levels.length - 1 : level;
}

function leftOutWords(
  files: Files,
  levels: readonly (readonly string[])[],
  manifests: readonly string[],
  place: Place,
): string[] {
  const read = levels.slice(0, levelAt(levels, manifests) + 1).flatMap((level) => yamlIn(files, level, place));
  const others = read.filter((path) => {
    const documents = documentsOf(files, path);
    return !manifests.includes(path) && documents.length > 0 && !documents.every(isKindConfig);
  });
  return others.map((path) => leftOutInWords(path, 'holds no Kubernetes object'));
}

/** Folders below the manifests may be variants of them, so they are named and not read. */
function unreadWords(
  files: Files,
  levels: readonly (readonly string[])[],
  manifests: readonly string[],
  place: Place,
): string[] {
  const below = levels[levelAt(levels, manifests) + 1] ?? [];
  const unread = below.filter((folder) => files.expand(folder, place).length > 0);
  if (manifests.length === 0 || unread.length === 0) return [];
  return [
    `YAML below the manifests is not read: ${unread.join(', ')} (say in a topology.yaml what belongs to the site)`,
  ];
}

function refuseCount(kinds: readonly string[], files: Files, place: Place): void {
  const [kind] = kinds;
  if (kind === undefined && files.problems.problems.length === 0)
    files.problems.add({
      ...place,
      message:
        'Expected a topology.yaml or a kind config (kind: Cluster, apiVersion: kind.x-k8s.io/v1alpha4), found none',
      hint: 'Put a kind config beside the manifests: one site is made from it.',
    });
  if (kind !== undefined && kinds.length > 1)
    files.problems.add({
      file: kind,
      message: `Expected one kind config, found ${kinds.length}: ${kinds.join(', ')}`,
      hint: 'Write a topology.yaml that says which site each of them is.',
    });
}

function documentsOf(files: Files, path: string): readonly Located[] {
  return files.documents(path, { file: path });
}

/** Whether a file holds something that is, or was meant to be, a Kubernetes object. A docker-compose.yaml or values.yaml does not. */
function hasObjects(files: Files, path: string): boolean {
  const meant = (document: Located) =>
    document.kind === 'map' && (document.entries.has('kind') || document.entries.has('apiVersion'));
  return documentsOf(files, path).some(
    (document) => !isKindConfig(document) && !isToolConfig(document) && (meant(document) || isKustomization(path)),
  );
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
