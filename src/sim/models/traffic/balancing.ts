/** How callers spread tries over the pods of a Service. Apart because each rule is a few lines of arithmetic over classes of alike pods, and they differ most when one pod is slow or dead. */
import type { Ms } from '../../../base/clock.ts';
import type { CallPolicy } from '../../../domain/topology.ts';

/** Alike pods as their callers see them. */
export interface Candidate {
  readonly key: string;
  readonly pods: number;
  /** Mean time from a try to its end, of whatever kind, as last seen, ms. */
  readonly responseMs: number;
}

/** Gives the share of tries per class (sum 1), in the order of the candidates. Reuses nothing between services. */
export type Balance = (candidates: readonly Candidate[], triesRps: number, fromMs: Ms, toMs: Ms) => number[];

/** Ribbon recomputes its weights this often; Netflix/ribbon WeightedResponseTimeRule.java. Longer keeps a slow pod loaded longer. */
const weightsMs = 30_000;
/** Callers see the load of others with a lag of about this, which also keeps shares from swinging. */
const lagMs = 200;

/** The rule of a policy, with its memory. */
export function createBalance(rule: CallPolicy['balance']): Balance {
  if (rule === 'least-requests') return smoothed(leastRequests);
  if (rule === 'weighted-response-time') return weightedResponseTime();
  return even;
}

/** Round robin and random: every pod gets the same, whatever its speed. They differ in how evenly arrivals are spaced. */
function even(candidates: readonly Candidate[]): number[] {
  return shared(candidates.map((candidate) => candidate.pods));
}

/** Requests in flight become equal: a slow or silent pod starves, one that refuses at once attracts. At low load most pods are idle and ties are broken in turn, so shares approach those of round robin. */
function leastRequests(candidates: readonly Candidate[], triesRps: number): number[] {
  const pods = candidates.reduce((sum, candidate) => sum + candidate.pods, 0);
  const perPod = triesRps / Math.max(1, pods) / 1000;
  return shared(candidates.map(({ pods, responseMs }) => pods / (1 + perPod * responseMs)));
}

function smoothed(rule: (candidates: readonly Candidate[], triesRps: number) => number[]): Balance {
  let before = new Map<string, number>();
  return (candidates, triesRps, fromMs, toMs) => {
    const target = rule(candidates, triesRps);
    const pace = Math.min(1, (toMs - fromMs) / lagMs);
    const perPod = candidates.map((candidate, i) => {
      const wanted = target[i]! / candidate.pods;
      const had = before.get(candidate.key) ?? wanted;
      return had + (wanted - had) * pace;
    });
    before = new Map(candidates.map((candidate, i) => [candidate.key, perPod[i]!]));
    return shared(candidates.map((candidate, i) => perPod[i]! * candidate.pods));
  };
}

/** Ribbon: weight of a pod = sum of all averages − its own; until the first computation, and for pods without a weight, in turn. */
function weightedResponseTime(): Balance {
  let weights = new Map<string, number>();
  let nextMs = Number.NEGATIVE_INFINITY;
  return (candidates, _rps, fromMs) => {
    if (nextMs === Number.NEGATIVE_INFINITY) nextMs = fromMs + weightsMs;
    if (fromMs >= nextMs) {
      nextMs = fromMs + weightsMs;
      const total = candidates.reduce((sum, { pods, responseMs }) => sum + pods * responseMs, 0);
      weights = new Map(candidates.map(({ key, responseMs }) => [key, Math.max(0, total - responseMs)]));
    }
    const known = candidates.map(({ key }) => weights.get(key));
    const typical = known.reduce((max: number, weight) => Math.max(max, weight ?? 0), 0) || 1;
    return shared(candidates.map(({ pods }, i) => pods * (known[i] ?? typical)));
  };
}

function shared(weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => (sum > 0 ? weight / sum : 1 / weights.length));
}
