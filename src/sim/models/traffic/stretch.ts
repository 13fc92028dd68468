/** How wide the next bucket may be: 100 ms while anything changes, wider in steady stretches. Apart because speed and resolution are decided here and nowhere else. */
import type { Ms } from '../../../base/clock.ts';

/** The resolution of everything that is judged. ms. */
export const bucketMs = 100;
/** Fine buckets go on for this long after the last change, so that holds and recoveries are seen at full resolution. ms. */
const calmMs = 3_000;
/** Widths are this after the calm, and the widest when nothing at all has changed for that long; such buckets end at whole multiples of their width. ms. */
const wideMs = 1_000;
const longCalmMs = 20_000;
const widestMs = 10_000;
/** A rate that moves by more than this in one second counts as a change; by more than this within one bucket it narrows the bucket. */
const slopeRatio = 0.02;

/** Chooses widths. */
export interface Stretch {
  /** Something changed at `atMs`. */
  change(atMs: Ms): void;
  /** Width of the bucket that starts at `atMs`: a multiple of 100 ms (from a start on that grid) that ends no later than `cornerMs` where that is possible. `rateRps`: total rate at a time. */
  width(atMs: Ms, cornerMs: Ms, rateRps: (atMs: Ms) => number): Ms;
}

/** A stretch that starts with a change. */
export function createStretch(atMs: Ms): Stretch {
  let changedMs = atMs;
  let lastMs = bucketMs;
  let lastRps = 0;
  return {
    change: (nowMs) => {
      changedMs = Math.max(changedMs, nowMs);
    },
    width: (nowMs, cornerMs, rateRps) => {
      const nowRps = rateRps(nowMs);
      const jumped = Math.abs(nowRps - lastRps) > slopeRatio * Math.max(nowRps, lastRps) * Math.max(1, lastMs / 1000);
      if (jumped || slope(rateRps, nowMs, 1000) > slopeRatio) changedMs = nowMs;
      lastRps = nowRps;
      const quietMs = nowMs - changedMs;
      const limitMs = quietMs < calmMs ? bucketMs : quietMs < longCalmMs ? wideMs : widestMs;
      let spanMs = Math.min(limitMs - (nowMs % limitMs), Math.max(bucketMs, cornerMs - nowMs));
      spanMs = Math.max(bucketMs, Math.floor(spanMs / bucketMs) * bucketMs);
      while (spanMs > bucketMs && slope(rateRps, nowMs, spanMs - 1) > slopeRatio)
        spanMs = Math.max(bucketMs, spanMs - bucketMs * Math.ceil(spanMs / 200));
      lastMs = spanMs;
      return spanMs;
    },
  };
}

function slope(rateRps: (atMs: Ms) => number, atMs: Ms, spanMs: Ms): number {
  const before = rateRps(atMs);
  const after = rateRps(atMs + spanMs);
  const larger = Math.max(before, after);
  return larger > 0 ? Math.abs(after - before) / larger : 0;
}
