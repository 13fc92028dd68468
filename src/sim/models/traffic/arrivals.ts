/** How many requests a channel asks in a stretch of time: the integral of its planned curve, in whole numbers with the rest carried. Smooth, without a Poisson draw: the chance in arrivals is inside the waiting times, and counts do not depend on how time is cut. Real counts scatter a little more from second to second. */
import type { Ms } from '../../../base/clock.ts';
import type { LoadPlan } from '../../../domain/load.ts';

/** One channel's arrivals. Times are the kernel's; they only go forward. */
export interface Arrivals {
  readonly channel: string;
  /** The plan's time 0 is `atMs`. */
  play(atMs: Ms): void;
  /** Nothing arrives any more. */
  stop(): void;
  /** Requests per second at `atMs`; at a step, the rate after it. */
  rateRps(atMs: Ms): number;
  /** An integer; call for adjoining stretches. */
  take(fromMs: Ms, toMs: Ms): number;
  /** The next corner of the curve after `atMs`, or Infinity. */
  cornerMs(atMs: Ms): Ms;
}

/** Arrivals at the base rate until {@link Arrivals.play}. Negative rates count as 0. */
export function createArrivals(channel: LoadPlan['channels'][number], limitMs: Ms): Arrivals {
  const points = channel.points;
  const baseRps = Math.max(0, channel.rateRpsBase);
  let playMs: Ms | undefined;
  let stopped = false;
  let carry = 0;
  let at = 0;
  const find = (sinceMs: Ms) => {
    while (at + 1 < points.length && points[at + 1]![0] <= sinceMs) at++;
    while (at > 0 && points[at]![0] > sinceMs) at--;
    return at;
  };
  const planned = (sinceMs: Ms): number => {
    if (sinceMs > limitMs || points.length === 0) return baseRps;
    const i = find(sinceMs);
    const [fromMs, from] = points[i]!;
    const next = points[i + 1];
    if (next === undefined || sinceMs <= fromMs) return Math.max(0, from);
    return Math.max(0, from + ((next[1] - from) * (sinceMs - fromMs)) / (next[0] - fromMs));
  };
  const rateRps = (atMs: Ms) => (stopped ? 0 : playMs === undefined ? baseRps : planned(atMs - playMs));
  const cornerMs = (atMs: Ms): Ms => {
    if (stopped || playMs === undefined) return Number.POSITIVE_INFINITY;
    const sinceMs = atMs - playMs;
    if (sinceMs > limitMs) return Number.POSITIVE_INFINITY;
    const i = find(sinceMs);
    const first = points[i]!;
    const next = first[0] > sinceMs ? first : points[i + 1];
    return playMs + Math.min(next?.[0] ?? Number.POSITIVE_INFINITY, Math.floor(limitMs) + 1);
  };
  return {
    channel: channel.name,
    play: (atMs) => {
      playMs = atMs;
      at = 0;
    },
    stop: () => {
      stopped = true;
    },
    rateRps,
    cornerMs,
    take: (fromMs, toMs) => {
      let area = 0;
      for (let startMs = fromMs; startMs < toMs; ) {
        const endMs = Math.min(toMs, cornerMs(startMs));
        const middle = (startMs + endMs) / 2;
        area += rateRps(middle) * (endMs - startMs);
        startMs = endMs;
      }
      carry += area / 1000;
      const count = Math.floor(carry + 1e-6);
      carry -= count;
      return count;
    },
  };
}
