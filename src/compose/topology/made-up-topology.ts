/** The topology of a folder without topology.yaml. Apart because somebody else's folder has rules of its own: one site, and what is no manifest is left out. */
import { basename } from 'node:path';
import type { Place } from '../../base/errors.ts';
import { type Located, locate } from '../../base/yaml.ts';
import { isKindConfig, isKustomization } from './documents.ts';
import type { Files } from './files.ts';

/** A topology document, found or made up. */
export interface FoundTopology {
  readonly node: Located;
  readonly place: Place;
  /** YAML files that hold no Kubernetes object. */
  readonly leftOut: readonly string[];
}

/** The folder's only kind config makes one site, its other YAML files are the manifests; those one folder down count when there are none beside it. */
export function makeUpTopology(files: Files): FoundTopology {
  const place = { file: basename(files.folder) };
  const paths = yamlFiles(files, place);
  const kinds = paths.filter((path) => documentsOf(files, path).some(isKindConfig));
  const [kind] = kinds;
  refuseCount(kinds, files, place);
  if (kind === undefined || kinds.length > 1) return { node: locate({}, place), place, leftOut: [] };
  const manifests = paths.filter((path) => hasObjects(files, path));
  const leftOut = paths.filter(
    (path) => path !== kind && !manifests.includes(path) && documentsOf(files, path).length > 0,
  );
  const cluster = { cluster: kind, manifests };
  return { node: locate({ sites: { [siteNameOf(files, kind)]: cluster } }, place), place, leftOut };
}

function yamlFiles(files: Files, place: Place): string[] {
  const top = files.expand('.', place);
  if (top.some((path) => hasObjects(files, path))) return top;
  return [...top, ...files.subfolders('.').flatMap((folder) => files.expand(folder, place))];
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
    (document) => !isKindConfig(document) && (meant(document) || isKustomization(path)),
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
