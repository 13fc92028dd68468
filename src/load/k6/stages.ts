/** A planned channel as k6 wants it: a rate to start from and stages, all whole numbers. Apart because it is arithmetic, and because k6 takes no fractions. */
import type { Ms } from '../../base/clock.ts';
import type { LoadPlan } from '../../domain/load.ts';

/** Rates are told to k6 per this many seconds, so that a whole number is exact to a thousandth of a request per second. */
export const timeUnitSeconds = 1_000;

/** After the plan's last point the base rate is asked until k6 is interrupted; this is long enough for any run, s. */
const tailSeconds = 86_400;

/** k6's `startRate` and `stages` of the executor `ramping-arrival-rate`. */
export interface Stages {
  /** Requests per {@link timeUnitSeconds}. */
  readonly startRate: number;
  readonly stages: readonly { readonly duration: string; readonly target: number }[];
}

/** The curve of a channel from the profile's start to its end, then base rate for a day. A step is a stage without length. */
export function stagesOf({ points, rateRpsBase }: LoadPlan['channels'][number]): Stages {
  const stages = [];
  for (let i = 1; i < points.length; i++) stages.push(stage(points[i]![0] - points[i - 1]![0], points[i]![1]));
  if (rateOf(points.at(-1)?.[1] ?? rateRpsBase) !== rateOf(rateRpsBase)) stages.push(stage(0, rateRpsBase));
  return { startRate: rateOf(points[0]?.[1] ?? rateRpsBase), stages: [...stages, tail(rateRpsBase)] };
}

/** The base rate and nothing else: the warm-up. */
export function steadyStages(rateRps: number): Stages {
  return { startRate: rateOf(rateRps), stages: [tail(rateRps)] };
}

const rateOf = (rps: number) => Math.max(0, Math.round(rps * timeUnitSeconds));
const stage = (lengthMs: Ms, rps: number) => ({ duration: `${Math.round(lengthMs)}ms`, target: rateOf(rps) });
const tail = (rps: number) => ({ duration: `${tailSeconds}s`, target: rateOf(rps) });

/** Users beyond those that the rate needs: k6 starts requests in small bursts. */
const spareUsers = 5;
/** Customers whose requests are never answered wait for the time-out; half a second more is for a busy machine, whose timers are late. */
const slackMs: Ms = 500;
/** Bound of users made up front: each takes about 0.13 MB and half a millisecond of start-up. */
const usersMax = 4_000;

/** Virtual users that an open load of this rate needs when nobody is answered: all are made before the load starts, because k6 drops requests while it makes more. */
export function usersFor(rateRps: number, timeoutMs: Ms): number {
  return Math.min(usersMax, Math.ceil((rateRps * (timeoutMs + slackMs)) / 1_000) + spareUsers);
}
