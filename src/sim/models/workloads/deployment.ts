/** The Deployment and ReplicaSet controllers: revisions, rolling update, Recreate, progress deadline. */
import type { Ms } from '../../../base/clock.ts';
import type { Kernel } from '../../kernel.ts';
import type { Controllers } from './controllers.ts';
import { available, newest, type PodRecord, type Revision, type WorkloadState } from './pod-record.ts';
import type { PodStore } from './pod-store.ts';
import { proportionalStep, rollingStep } from './rolling-step.ts';
import { resolveFenceposts } from './rounding.ts';
import { firstToGo } from './scale-in-order.ts';

/** What the controller remembers of a Deployment between its passes. */
interface Progress {
  release: Revision | undefined;
  /** updated, others, available as last seen. */
  seen: string;
  sinceMs: Ms;
  done: boolean;
  replicas: number;
  total: number;
}

/** Gives the pass over one Deployment. */
export function createDeployments(kernel: Kernel, controllers: () => Controllers, store: PodStore) {
  const memory = new Map<WorkloadState, Progress>();
  const remember = (state: WorkloadState) => {
    const known = memory.get(state) ?? {
      release: undefined,
      seen: '',
      sinceMs: kernel.now(),
      done: false,
      replicas: state.spec.replicas,
      total: 0,
    };
    memory.set(state, known);
    return known;
  };
  const counts = (state: WorkloadState) => {
    const slow = state.spec.rollout.minReadySeconds > 0;
    return state.revisions.map((revision) => ({
      wanted: revision.wanted,
      available: slow ? countAvailable(state, revision) : revision.ready,
    }));
  };
  const countAvailable = (state: WorkloadState, revision: Revision) => {
    let sum = 0;
    for (const pod of state.pods) {
      if (pod.release !== revision || !pod.ready || pod.deletedMs !== undefined) continue;
      if (available(pod, kernel.now())) sum++;
      else controllers().again(state, pod.readySinceMs! + state.spec.rollout.minReadySeconds * 1000);
    }
    return sum;
  };
  const wish = (state: WorkloadState, memo: Progress): readonly number[] => {
    const { replicas, rollout } = state.spec;
    const { surge, unavailable } = resolveFenceposts(rollout.maxSurge, rollout.maxUnavailable, replicas);
    const sets = counts(state);
    const old = state.revisions.slice(0, -1);
    if (rollout.strategy === 'Recreate') {
      const waiting = [...state.pods].some((pod) => pod.release !== newest(state));
      return [...old.map(() => 0), waiting ? newest(state).wanted : replicas];
    }
    if (old.every(({ wanted, active, creating }) => wanted + active + creating === 0))
      return [...old.map(() => 0), replicas];
    const bounds = { replicas, surge, unavailable };
    if (memo.replicas !== replicas) return proportionalStep(sets, bounds, memo.total);
    return rollingStep(sets, bounds);
  };
  const syncSet = (state: WorkloadState, revision: Revision) => {
    const { wanted, active, creating, doomed } = revision;
    const missing = wanted - (active + creating - doomed);
    if (missing > 0) {
      const burst = Math.min(missing, burstMax);
      controllers().create(state, revision, new Array(burst).fill({}));
      if (burst < missing) controllers().dirty(state);
    } else if (missing < 0)
      for (const pod of surplus(state, revision, -missing, kernel.now())) controllers().remove(pod);
  };
  const judgeProgress = (state: WorkloadState, memo: Progress) => {
    const latest = newest(state);
    if (memo.release !== latest) Object.assign(memo, { release: latest, done: false, sinceMs: kernel.now() });
    const sum = state.revisions.reduce((all, { active }) => all + active, 0);
    const ready = counts(state).reduce((all, set) => all + set.available, 0);
    const seen = `${latest.active} ${sum - latest.active} ${ready}`;
    const { replicas, rollout } = state.spec;
    if (latest.active === replicas && sum === replicas && ready === replicas) memo.done = true;
    if (memo.done || (seen !== memo.seen && progressed(memo.seen, seen))) memo.sinceMs = kernel.now();
    memo.seen = seen;
    const lateMs = memo.sinceMs + rollout.progressDeadlineSeconds * 1000;
    const stuck = !memo.done && kernel.now() >= lateMs;
    if (!memo.done && !stuck) controllers().again(state, lateMs);
    if (stuck !== state.stuck) {
      state.stuck = stuck;
      store.touch(state);
    }
  };
  return (state: WorkloadState): void => {
    const memo = remember(state);
    const next = wish(state, memo);
    const { surge } = resolveFenceposts(
      state.spec.rollout.maxSurge,
      state.spec.rollout.maxUnavailable,
      state.spec.replicas,
    );
    memo.replicas = state.spec.replicas;
    memo.total = state.spec.replicas + surge;
    const moved = state.revisions.some((revision, i) => revision.wanted !== next[i]);
    state.revisions.forEach((revision, i) => {
      revision.wanted = next[i]!;
    });
    for (const revision of state.revisions) syncSet(state, revision);
    judgeProgress(state, memo);
    if (moved) controllers().dirty(state);
  };
}

/** Pods that one pass of a ReplicaSet may create (pkg/controller/replicaset BurstReplicas). */
const burstMax = 500;

function progressed(before: string, now: string): boolean {
  const [updated = 0, old = 0, ready = 0] = before.split(' ').map(Number);
  const [updatedNow = 0, oldNow = 0, readyNow = 0] = now.split(' ').map(Number);
  return updatedNow > updated || oldNow < old || readyNow > ready;
}

/** The pods that a shrinking ReplicaSet gives up first; company are all pods of the Deployment on the same node. */
function surplus(state: WorkloadState, revision: Revision, count: number, now: Ms): readonly PodRecord[] {
  const company = new Map<string, number>();
  const pods: PodRecord[] = [];
  for (const pod of state.pods) {
    if (pod.deletedMs !== undefined) continue;
    if (pod.node !== undefined) company.set(pod.node, (company.get(pod.node) ?? 0) + 1);
    if (pod.release === revision && !pod.doomed) pods.push(pod);
  }
  return firstToGo(pods, count, (pod) => company.get(pod.node ?? '') ?? 0, now);
}
