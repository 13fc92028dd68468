/** The namespace of objects that name none. Apart because `kubectl apply -n` decides it outside the files, so it can only be assumed. */
import { type LocatedMap, locate } from '../../base/yaml.ts';

/** A site's objects with their namespaces. Those that name none lie in `default`, or, when the files name a single other namespace, in that one: the files then only work when applied with `-n`. */
export function withNamespaces(objects: readonly LocatedMap[], site: string, assumed: string[]): LocatedMap[] {
  const named = new Set(objects.flatMap((object) => namespaceIn(object) ?? []));
  const [only] = named;
  if (named.size !== 1 || only === undefined || only === 'default') return [...objects];
  const placed = objects.map((object) =>
    isNamespaced(object) && namespaceIn(object) === undefined ? placedIn(object, only) : object,
  );
  if (placed.some((object, i) => object !== objects[i]))
    assumed.push(`${site}: objects without a namespace lie in ${only}`);
  return placed;
}

const namespacedKinds: readonly string[] = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Service',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
];

function isNamespaced(object: LocatedMap): boolean {
  const kind = object.entries.get('kind');
  return kind?.kind === 'scalar' && namespacedKinds.includes(String(kind.value));
}

function namespaceIn(object: LocatedMap): string | undefined {
  const metadata = object.entries.get('metadata');
  const namespace = metadata?.kind === 'map' ? metadata.entries.get('namespace') : undefined;
  return isNamespaced(object) && namespace?.kind === 'scalar' && typeof namespace.value === 'string'
    ? namespace.value
    : undefined;
}

function placedIn(object: LocatedMap, namespace: string): LocatedMap {
  const metadata = object.entries.get('metadata');
  if (metadata?.kind !== 'map') return object;
  const entries = new Map([...metadata.entries, ['namespace', locate(namespace, metadata.place)] as const]);
  return { ...object, entries: new Map([...object.entries, ['metadata', { ...metadata, entries }] as const]) };
}
