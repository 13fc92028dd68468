/** Which pods a shrinking ReplicaSet gives up first. Apart because this order decides who serves on after every scale-in and every step of a rollout. */
import type { Ms } from '../../../base/clock.ts';
import type { PodRecord } from './pod-record.ts';

/**
 * The first `count` of `pods` to go: without a node, pending, not ready, with most `company` on their node, ready for a shorter time, restarted more often, younger. Times are whole seconds and
 * count by powers of two: who differs by less goes by its uid, which is chance (kubernetes/kubernetes pkg/controller/controller_utils.go ActivePodsWithRanks, LogarithmicScaleDown on since 1.22).
 */
export function firstToGo(
  pods: readonly PodRecord[],
  count: number,
  company: (pod: PodRecord) => number,
  now: Ms,
): readonly PodRecord[] {
  const before = (a: PodRecord, b: PodRecord): number =>
    Number(a.node !== undefined) - Number(b.node !== undefined) ||
    Number(a.phase !== 'Pending') - Number(b.phase !== 'Pending') ||
    Number(a.ready) - Number(b.ready) ||
    company(b) - company(a) ||
    byAge(a.readySinceMs, b.readySinceMs, a, b, now) ||
    b.restarts - a.restarts ||
    byAge(a.createdMs, b.createdMs, a, b, now) ||
    byChance(a, b);
  return [...pods].sort(before).slice(0, count);
}

const second = (ms: Ms) => Math.floor(ms / 1000) * 1000;

/** Equal seconds: no verdict. */
function byAge(aMs: Ms | undefined, bMs: Ms | undefined, a: PodRecord, b: PodRecord, now: Ms): number {
  if (aMs === undefined || bMs === undefined || second(aMs) === second(bMs)) return 0;
  return doublings(now - second(aMs)) - doublings(now - second(bMs)) || byChance(a, b);
}

/** Names end in drawn letters, so they are as much chance as uids. */
function byChance(a: PodRecord, b: PodRecord): number {
  return a.name < b.name ? -1 : 1;
}

/** The whole part of the binary logarithm of an age in nanoseconds; −1 for none. */
function doublings(ageMs: Ms): number {
  let power = -1;
  for (let ns = ageMs * 1e6; ns >= 1; ns /= 2) power++;
  return power;
}
