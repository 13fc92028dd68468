/** Whether what informers bring is still the present: the prober's own writes must come back by the watch. Pure. Apart because a watch that is silent looks like a cluster in which nothing happens. */
import type { Ms } from '../../../base/clock.ts';

/** Nothing fresh for longer than this is a gap, ms. */
const gapMsMin = 1_000;
/** A write that was acknowledged and does not come back within this time shows a watch of the past, ms. */
const staleMsMin = 1_500;

/** What is known of the watch. */
export interface Freshness {
  /** The prober's write number `n` was acknowledged. */
  acknowledged(n: number, nowMs: Ms): void;
  /** Write number `n` came back, or (without `n`) everything was listed anew. Gives the gap that this ends, if there was one. */
  seen(nowMs: Ms, n?: number): { readonly fromMs: Ms; readonly toMs: Ms } | undefined;
  /** The server tells of the past: another one should be asked. */
  isStale(nowMs: Ms): boolean;
  /** The gap that is open now, if any. */
  open(nowMs: Ms): { readonly fromMs: Ms; readonly toMs: Ms } | undefined;
}

/** Freshness before anything was seen; the time until then is no gap. */
export function createFreshness(): Freshness {
  let freshMs: Ms | undefined;
  let backN = 0;
  /** The oldest acknowledged write that has not come back. */
  let missing: { readonly n: number; readonly atMs: Ms } | undefined;
  const open = (nowMs: Ms) =>
    freshMs !== undefined && nowMs - freshMs > gapMsMin ? { fromMs: freshMs, toMs: nowMs } : undefined;
  return {
    acknowledged: (n, nowMs) => {
      if (n > backN) missing ??= { n, atMs: nowMs };
    },
    seen: (nowMs, n) => {
      const gap = open(nowMs);
      freshMs = nowMs;
      if (n === undefined) missing = undefined;
      else {
        backN = Math.max(backN, n);
        if (missing !== undefined && backN >= missing.n) missing = undefined;
      }
      return gap;
    },
    isStale: (nowMs) => missing !== undefined && nowMs - missing.atMs > staleMsMin,
    open,
  };
}
