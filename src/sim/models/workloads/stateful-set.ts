/** The StatefulSet controller: one pod per identity at any time, in order, replaced only when the old object is gone. */
import type { Kernel } from '../../kernel.ts';
import type { Controllers } from './controllers.ts';
import { available, newest, type PodRecord, type Revision, type WorkloadState } from './pod-record.ts';

/** Gives the pass over one StatefulSet (kubernetes/kubernetes pkg/controller/statefulset/stateful_set_control.go updateStatefulSet). */
export function createStatefulSets(kernel: Kernel, controllers: () => Controllers) {
  const healthy = (pod: PodRecord) => {
    if (available(pod, kernel.now())) return true;
    const { minReadySeconds } = pod.of.spec.rollout;
    if (pod.ready && pod.deletedMs === undefined)
      controllers().again(pod.of, (pod.readySinceMs ?? 0) + minReadySeconds * 1000);
    return false;
  };
  /** status.currentRevision: the last one that every pod had, all of them ready (completeRollingUpdate). */
  const current = new Map<WorkloadState, Revision>();
  const complete = (state: WorkloadState) => {
    const { replicas, rollout } = state.spec;
    const sum = (of: 'active' | 'ready') => state.revisions.reduce((all, revision) => all + revision[of], 0);
    const done = newest(state).active === replicas && sum('active') === replicas && sum('ready') === replicas;
    if (!current.has(state) || (done && rollout.strategy === 'RollingUpdate')) current.set(state, newest(state));
  };
  /** Everybody below the partition keeps the current revision. */
  const releaseOf = (state: WorkloadState, ordinal: number): Revision => {
    const kept = current.get(state);
    const known = kept !== undefined && state.revisions.includes(kept);
    return known && ordinal < state.spec.rollout.partition ? kept : newest(state);
  };
  const byOrdinal = (state: WorkloadState) => {
    const pods: (PodRecord | undefined)[] = [];
    for (const pod of state.pods) pods[pod.ordinal!] = pod;
    return pods;
  };
  const create = (state: WorkloadState, ordinal: number) =>
    controllers().create(state, releaseOf(state, ordinal), [{ name: `${state.spec.name}-${ordinal}`, ordinal }]);

  /** Missing pods up, one by one unless parallel. False: wait. */
  const fill = (state: WorkloadState, pods: readonly (PodRecord | undefined)[], parallel: boolean) => {
    for (let ordinal = 0; ordinal < state.spec.replicas; ordinal++) {
      const pod = pods[ordinal];
      if (pod === undefined) {
        create(state, ordinal);
        if (!parallel) return false;
      } else if (!parallel && !healthy(pod)) return false;
    }
    return true;
  };
  /** Surplus pods down, the highest first. In order an unhealthy one goes only if it is the lowest of the unhealthy. False: wait. */
  const shrink = (state: WorkloadState, pods: readonly (PodRecord | undefined)[], parallel: boolean) => {
    let calm = true;
    const ill = parallel ? undefined : pods.find((pod) => pod !== undefined && !healthy(pod));
    for (let ordinal = pods.length - 1; ordinal >= state.spec.replicas; ordinal--) {
      const pod = pods[ordinal];
      if (pod === undefined) continue;
      calm = false;
      if (!parallel && pod !== ill && !healthy(pod)) return false;
      controllers().remove(pod);
      if (!parallel) return false;
    }
    return calm;
  };
  /** Old pods away, the highest first, one at a time. */
  const roll = (state: WorkloadState, pods: readonly (PodRecord | undefined)[]) => {
    const { rollout, replicas } = state.spec;
    if (rollout.strategy === 'OnDelete') return;
    for (let ordinal = replicas - 1; ordinal >= rollout.partition; ordinal--) {
      const pod = pods[ordinal];
      if (pod !== undefined && pod.release !== newest(state)) return controllers().remove(pod);
      if (pod === undefined || !healthy(pod)) return;
    }
  };
  return (state: WorkloadState): void => {
    complete(state);
    if (state.revisions.some(({ creating }) => creating > 0)) return;
    const pods = byOrdinal(state);
    const parallel = state.spec.rollout.podManagement === 'Parallel';
    if (fill(state, pods, parallel) && shrink(state, pods, parallel)) roll(state, pods);
  };
}
