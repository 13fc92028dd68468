/** The StatefulSet controller: one pod per identity at any time, in order, replaced only when the old object is gone. */
import type { Kernel } from '../kernel.ts';
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
  /** Everybody below the partition keeps the revision before. */
  const releaseOf = (state: WorkloadState, ordinal: number): Revision => {
    const before = state.revisions.at(-2);
    return ordinal < state.spec.rollout.partition && before !== undefined ? before : newest(state);
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
  /** Surplus pods down, the highest first. False: wait. */
  const shrink = (state: WorkloadState, pods: readonly (PodRecord | undefined)[], parallel: boolean) => {
    let calm = true;
    for (let ordinal = pods.length - 1; ordinal >= state.spec.replicas; ordinal--) {
      const pod = pods[ordinal];
      if (pod === undefined) continue;
      calm = false;
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
    if (state.revisions.some(({ creating }) => creating > 0)) return;
    const pods = byOrdinal(state);
    const parallel = state.spec.rollout.podManagement === 'Parallel';
    if (fill(state, pods, parallel) && shrink(state, pods, parallel)) roll(state, pods);
  };
}
