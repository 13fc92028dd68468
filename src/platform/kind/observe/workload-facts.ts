/** Facts of workloads and of their autoscalers, from what their controllers write into status. Pure. */
import type { Site, Workload } from '../../../domain/topology.ts';
import type { ClusterState } from './cluster-state.ts';
import { type AutoscalerObject, conditionOf, type WorkloadObject } from './objects.ts';
import type { Reading } from './teller.ts';

/** How a workload stands; the same words for all three kinds. */
export interface WorkloadStatus {
  readonly wanted: number;
  readonly ready: number;
  /** Pods of the newest revision. */
  readonly updated: number;
  /** Pods that are not being deleted. */
  readonly total: number;
  /** Number of the newest revision; 0 when none is known. */
  readonly revision: number;
  readonly rolledOut: boolean;
}

/** Where the objects of a kind of workload are. */
const placeOf = { Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets' } as const;

/** The status of one workload; one that does not exist has nothing ready of what its manifest wants. */
export function statusOf(workload: Workload, state: ClusterState): WorkloadStatus {
  const object = state[placeOf[workload.kind]].get(`${workload.namespace}/${workload.name}`);
  if (object === undefined)
    return {
      wanted: workload.kind === 'DaemonSet' ? 0 : workload.replicas,
      ready: 0,
      updated: 0,
      total: 0,
      revision: 0,
      rolledOut: false,
    };
  const counts = workload.kind === 'DaemonSet' ? countDaemons(object) : countReplicas(object);
  // Ordinals below a partition are not part of the roll-out (kubectl rollout status).
  const held = workload.kind === 'StatefulSet' ? workload.rollout.partition : 0;
  const observed = (object.status?.observedGeneration ?? 0) >= (object.metadata.generation ?? 0);
  const { wanted, ready, total, updated } = counts;
  const all = updated >= Math.max(0, wanted - held) && total === wanted && ready === wanted;
  return { ...counts, revision: revisionOf(workload, object, state), rolledOut: observed && all };
}

function countDaemons({ status }: WorkloadObject) {
  return {
    wanted: status?.desiredNumberScheduled ?? 0,
    ready: status?.numberReady ?? 0,
    updated: status?.updatedNumberScheduled ?? 0,
    total: status?.currentNumberScheduled ?? 0,
  };
}

function countReplicas({ spec, status }: WorkloadObject) {
  // A StatefulSet that is through with an update may count its pods as current only.
  const settled = status?.updateRevision !== undefined && status.updateRevision === status.currentRevision;
  const updated = Math.max(status?.updatedReplicas ?? 0, settled ? (status?.currentReplicas ?? 0) : 0);
  return { wanted: spec.replicas ?? 1, ready: status?.readyReplicas ?? 0, updated, total: status?.replicas ?? 0 };
}

function revisionOf(workload: Workload, object: WorkloadObject, state: ClusterState): number {
  if (workload.kind === 'Deployment')
    return Number(object.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
  let newest = 0;
  for (const { metadata, revision } of state.revisions.values())
    if (
      metadata.namespace === workload.namespace &&
      metadata.ownerReferences?.some(({ kind, name }) => kind === workload.kind && name === workload.name)
    )
      newest = Math.max(newest, revision);
  return newest;
}

/** Every fact of one workload. */
export function workloadFacts(site: Site, workload: Workload, state: ClusterState): readonly Reading[] {
  const subject = { site: site.name, workload: workload.name };
  const { wanted, ready, revision, rolledOut } = statusOf(workload, state);
  return [
    { fact: 'workload.ready', subject, value: ready },
    { fact: 'workload.wanted', subject, value: wanted },
    { fact: 'workload.degraded', subject, value: ready < wanted },
    // Rolled out means all of it: new, ready, none too many.
    { fact: 'workload.whole', subject, value: rolledOut },
    { fact: 'workload.revision', subject, value: revision },
    { fact: 'workload.rolled-out', subject, value: rolledOut },
    ...rescaled(site, workload, state),
    ...autoscalerFacts(site, workload, state),
  ];
}

/** What a planned scale has changed, against the topology. A DaemonSet has no replicas to set; of what does not exist nothing is said. */
function rescaled(site: Site, workload: Workload, state: ClusterState): readonly Reading[] {
  if (workload.kind === 'DaemonSet') return [];
  const declared = site.autoscalers.find((autoscaler) => autoscaler.workload === workload.name);
  const [now, then] =
    declared === undefined
      ? [state[placeOf[workload.kind]].get(`${workload.namespace}/${workload.name}`)?.spec.replicas, workload.replicas]
      : [minReplicas(state.autoscalers.get(`${declared.namespace}/${declared.name}`)), declared.replicasMin];
  if (now === undefined) return [];
  return [{ fact: 'workload.rescaled', subject: { site: site.name, workload: workload.name }, value: now !== then }];
}

const minReplicas = (autoscaler: AutoscalerObject | undefined) =>
  autoscaler === undefined ? undefined : (autoscaler.spec.minReplicas ?? 1);

function autoscalerFacts(site: Site, workload: Workload, state: ClusterState): readonly Reading[] {
  const declared = site.autoscalers.find((autoscaler) => autoscaler.workload === workload.name);
  const object = declared && state.autoscalers.get(`${declared.namespace}/${declared.name}`);
  if (object === undefined) return [];
  const subject = { site: site.name, workload: workload.name };
  const limiting = conditionOf(object.status?.conditions, 'ScalingLimited');
  // The same condition is True with TooFewReplicas when the lower bound holds it up.
  const limited = limiting?.status === 'True' && limiting.reason === 'TooManyReplicas';
  const wanted = object.status?.desiredReplicas;
  return [
    ...(wanted === undefined ? [] : [{ fact: 'autoscaler.wanted', subject, value: wanted } as const]),
    { fact: 'autoscaler.limited', subject, value: limited },
  ];
}
