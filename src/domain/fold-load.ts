/** Whether the load that was planned was really asked. Apart because a green verdict under too little load is worth nothing. */

import type { Ms } from '../base/clock.ts';
import { formatClock, formatCount } from '../base/format.ts';
import type { RunEventOf } from './event.ts';
import type { FoldedRun } from './folded-run.ts';
import { partInside } from './sli-slots.ts';

/** Share of the planned requests that must have been asked, 0..1. Lower would pass a driver that could not keep up. */
const askedRatioMin = 0.95;

/** Standard deviations of a Poisson count that are not held against the driver in short windows. */
const deviations = 4;

/** What the answer is folded from. */
export interface LoadParts {
  readonly planned: readonly RunEventOf<'load.planned'>[];
  readonly ended: RunEventOf<'load.ended'> | undefined;
  /** Start of the profile; undefined: it never started. */
  readonly profileMs: Ms | undefined;
  readonly traffic: FoldedRun['traffic'];
}

/** Whether at least 95 % of the plan was asked in [fromMs, toMs), as far as the plan and the load reach. A run without a plan has reached it. */
export function loadReached(parts: LoadParts, fromMs: Ms, toMs: Ms): ReturnType<FoldedRun['loadReached']> {
  if (parts.ended?.reached === false)
    return { reached: false, because: parts.ended.text ?? 'the load was not reached' };
  if (parts.planned.length > 0 && parts.profileMs === undefined)
    return { reached: false, because: 'the load profile never started' };
  for (const plan of parts.planned) {
    const because = shortfall(parts, plan, fromMs, Math.min(toMs, parts.ended?.atMs ?? toMs));
    if (because !== undefined) return { reached: false, because };
  }
  return { reached: true };
}

function shortfall(parts: LoadParts, plan: RunEventOf<'load.planned'>, fromMs: Ms, toMs: Ms): string | undefined {
  for (const [channel, { planned }] of Object.entries(plan.channels)) {
    const start = parts.profileMs ?? 0;
    const from = Math.max(fromMs, start);
    const to = Math.min(toMs, start + (planned.at(-1)?.[0] ?? 0));
    const expected = plannedRequests(planned, from - start, to - start);
    const asked = askedIn(parts.traffic(plan.service, { channel }), from, to);
    if (asked < askedRatioMin * expected - deviations * Math.sqrt(expected))
      return `${channel} asked ${formatCount(asked)} of ${formatCount(expected)} planned from ${formatClock(from)} to ${formatClock(to)}`;
  }
  return undefined;
}

function askedIn(stretches: ReturnType<FoldedRun['traffic']>, fromMs: Ms, toMs: Ms): number {
  let asked = 0;
  for (const stretch of stretches) asked += stretch.asked * partInside(stretch, fromMs, toMs);
  return asked;
}

/** The area under the planned rate in [fromMs, toMs), in requests. */
function plannedRequests(points: readonly (readonly [Ms, number])[], fromMs: Ms, toMs: Ms): number {
  let requests = 0;
  for (let i = 1; i < points.length; i++) {
    const [a, rateA] = points[i - 1]!;
    const [b, rateB] = points[i]!;
    const from = Math.max(a, fromMs);
    const to = Math.min(b, toMs);
    if (to <= from) continue;
    const rate = (ms: Ms) => rateA + ((rateB - rateA) * (ms - a)) / (b - a);
    requests += ((rate(from) + rate(to)) / 2) * ((to - from) / 1_000);
  }
  return requests;
}
