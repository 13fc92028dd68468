/** What one API server has told of a cluster: the newest version of every object that is watched. Apart because facts are read from it and know nothing of watches. */
import type {
  ApiObject,
  AutoscalerObject,
  EventObject,
  LeaseObject,
  MarkObject,
  NodeObject,
  PodObject,
  RevisionObject,
  SliceObject,
  WorkloadObject,
} from './objects.ts';

/** Kinds that are watched, and the type of their objects. */
export interface Kinds {
  readonly nodes: NodeObject;
  readonly pods: PodObject;
  readonly deployments: WorkloadObject;
  readonly statefulsets: WorkloadObject;
  readonly daemonsets: WorkloadObject;
  readonly revisions: RevisionObject;
  readonly autoscalers: AutoscalerObject;
  readonly slices: SliceObject;
  readonly leases: LeaseObject;
  readonly warnings: EventObject;
  readonly marks: MarkObject;
}

/** One of {@link Kinds}. */
export type KindOf = keyof Kinds;

/** Objects by `namespace/name`; cluster-wide ones by `/name`. */
export type ClusterState = { readonly [K in KindOf]: ReadonlyMap<string, Kinds[K]> };

/** The state while it is being written. */
export type WritableState = { readonly [K in KindOf]: Map<string, Kinds[K]> };

/** Namespace and name of the ConfigMap that the API prober writes. */
export const mark = { namespace: 'elevenproof', name: 'elevenproof-probe' } as const;

/** Where each kind is listed and watched. */
export const paths: Readonly<Record<KindOf, string>> = {
  nodes: '/api/v1/nodes',
  pods: '/api/v1/pods',
  deployments: '/apis/apps/v1/deployments',
  statefulsets: '/apis/apps/v1/statefulsets',
  daemonsets: '/apis/apps/v1/daemonsets',
  revisions: '/apis/apps/v1/controllerrevisions',
  autoscalers: '/apis/autoscaling/v2/horizontalpodautoscalers',
  slices: '/apis/discovery.k8s.io/v1/endpointslices',
  leases: '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases',
  warnings: '/api/v1/events?fieldSelector=type%3DWarning',
  marks: `/api/v1/namespaces/${mark.namespace}/configmaps?fieldSelector=metadata.name%3D${mark.name}`,
};

/** All of them. */
export const kinds = Object.keys(paths) as readonly KindOf[];

/** An empty state. */
export function createClusterState(): WritableState {
  return Object.fromEntries(kinds.map((kind) => [kind, new Map()])) as unknown as WritableState;
}

/** `namespace/name` of an object. */
export function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
