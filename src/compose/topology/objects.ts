/** Sorting a site's Kubernetes objects by kind, refusing duplicates and naming the kinds that no model knows. Apart because an API group decides what a kind means. */
import { createProblemList, type ProblemList } from '../../base/errors.ts';
import type { LocatedMap } from '../../base/yaml.ts';
import { readAnnotations } from './annotations.ts';
import { type NameForm, refuseLabels, refuseName } from './api-names.ts';
import { isKustomization } from './documents.ts';
import { createField, type Field } from './field.ts';
import { knownFieldsOf } from './known-fields.ts';
import { harmlessKinds, impactOfKind, podMakers } from './known-kinds.ts';
import type { NotModelledList } from './not-modelled.ts';
import type { Owner } from './reach.ts';
import { nameOf, namespaceOf } from './workload.ts';

/** Kinds that the models know. */
export type ModelledKind =
  | 'Deployment'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'Service'
  | 'HorizontalPodAutoscaler'
  | 'PodDisruptionBudget';

/** A site's objects, as fields. */
export interface SiteObjects {
  of(kind: ModelledKind): readonly Field[];
  /** Ingresses, HTTPRoutes and VirtualServices: they name the Services that customers reach. Nothing in them is refused. */
  readonly routes: readonly Field[];
  /** Pod labels of objects that make pods but are not modelled; their form is not judged. */
  readonly strangePods: readonly Readonly<Record<string, string>>[];
  /** True when a kind is there of which nobody knows whether it makes pods. */
  readonly mayMakePods: boolean;
  /** Every kind that is there. */
  readonly kinds: ReadonlySet<string>;
  /** False when some manifest could not be read: a name that is not found may stand in it, so nobody complains of it. */
  readonly whole: boolean;
}

const groups: Readonly<Record<ModelledKind, readonly string[]>> = {
  Deployment: ['apps', 'extensions'],
  StatefulSet: ['apps'],
  DaemonSet: ['apps', 'extensions'],
  Service: [''],
  HorizontalPodAutoscaler: ['autoscaling'],
  PodDisruptionBudget: ['policy'],
};
/** Kinds whose own readers take the annotations of ours; on any other kind such an annotation has no effect and is refused. */
const annotatedKinds: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'Service'];
const routeKinds: readonly string[] = ['Ingress', 'HTTPRoute'];

/** Sorts the objects of a site. */
export function sortObjects(
  objects: readonly LocatedMap[],
  site: string,
  problems: ProblemList,
  notModelled: NotModelledList,
  whole: boolean,
): SiteObjects {
  const byKind = new Map<string, Field[]>();
  const routes: Field[] = [];
  const strangePods: Record<string, string>[] = [];
  let mayMakePods = false;
  const kinds = new Set<string>();
  const seen = new Set<string>();
  const variants = objects.some((object) => isKustomization(object.place.file ?? ''))
    ? 'Let kustomize put patches and bases together: manifests: [{ command: kubectl kustomize … }] in a topology.yaml.'
    : 'Are two variants of the same manifests listed?';
  for (const node of objects) {
    const object = createField(node, '', node.place, problems);
    const { kind, group } = typeOf(object);
    if (kind === 'Kustomization' && group === 'kustomize.config.k8s.io') {
      notModelled.compare(kind, node, knownFieldsOf(kind)!);
      continue;
    }
    if (!annotatedKinds.includes(kind)) readAnnotations([object.get('metadata')], []);
    if (!isFirst(object, `${group}/${kind}`, seen)) {
      object.complain(
        `Expected each ${kind} once, got \`${nameOf(object)}\` twice in namespace ${namespaceOf(object)} of site ${site}`,
        variants,
      );
      continue;
    }
    kinds.add(kind);
    if (isModelled(kind) && groups[kind].includes(group)) {
      refuseMetadata(object, kind);
      byKind.set(kind, [...(byKind.get(kind) ?? []), object]);
      notModelled.of(ownerOf(object, kind, site)).compare(kind, node, knownFieldsOf(kind)!);
    } else if (routeKinds.includes(kind)) {
      routes.push(createField(node, '', node.place, createProblemList()));
      const annotations = object.get('metadata').get('annotations');
      if (annotations.present) notModelled.add(`${kind}.metadata.annotations`, annotations.place, ['services']);
    } else if (!harmlessKinds.has(kind)) {
      if (kind === 'VirtualService') routes.push(createField(node, '', node.place, createProblemList()));
      const shown = isModelled(kind) ? `${kind}.${group}` : kind;
      const impact = isModelled(kind) ? undefined : impactOfKind.get(kind);
      notModelled.add(shown, object.place, impact ?? ['*']);
      strangePods.push(...podLabelsIn(node));
      mayMakePods ||= impact === undefined || podMakers.has(kind);
    }
  }
  return { of: (kind) => byKind.get(kind) ?? [], routes, strangePods, mayMakePods, kinds, whole };
}

/** The API server knows no rule for a budget's name. */
const nameForms: Readonly<Partial<Record<ModelledKind, NameForm>>> = {
  Deployment: 'subdomain',
  StatefulSet: 'subdomain',
  DaemonSet: 'subdomain',
  HorizontalPodAutoscaler: 'subdomain',
  Service: 'label',
};

/** Name, namespace and labels out of shape. */
function refuseMetadata(object: Field, kind: ModelledKind): void {
  const metadata = object.get('metadata');
  const form = nameForms[kind];
  if (form !== undefined && metadata.get('name').present) refuseName(metadata.get('name'), form);
  refuseName(metadata.get('namespace'), 'label');
  refuseLabels(metadata.get('labels'));
}

/** An object as those who ask what depends on it call it. */
export function ownerOf(object: Field, kind: string, site: string): Owner {
  return { site, kind, namespace: namespaceOf(object), name: nameOf(object) };
}

function isModelled(kind: string): kind is ModelledKind {
  return Object.hasOwn(groups, kind);
}

function typeOf(object: Field): { kind: string; group: string } {
  const apiVersion = object.get('apiVersion').text() ?? '';
  const slash = apiVersion.indexOf('/');
  return { kind: object.get('kind').text() ?? '', group: slash === -1 ? '' : apiVersion.slice(0, slash) };
}

/** Whether no object of that type, namespace and name came before. One whose name the API server will make up is always first. */
function isFirst(object: Field, type: string, seen: Set<string>): boolean {
  const metadata = object.get('metadata').required();
  const generated = metadata.get('generateName').present;
  const name = generated ? undefined : metadata.get('name').required().text();
  if (name === undefined) return true;
  const key = `${type}/${namespaceOf(object)}/${name}`;
  const first = !seen.has(key);
  seen.add(key);
  return first;
}

/** Labels of a bare Pod, of `spec.template` and of a CronJob's template. */
function podLabelsIn(node: LocatedMap): Record<string, string>[] {
  const object = createField(node, '', node.place, createProblemList());
  const spec = object.get('spec');
  const places = [
    object.get('metadata'),
    spec.get('template').get('metadata'),
    spec.get('jobTemplate').get('spec').get('template').get('metadata'),
  ];
  return places
    .map((metadata) => metadata.get('labels'))
    .filter((labels) => labels.node?.kind === 'map')
    .map((labels) => labels.texts());
}
