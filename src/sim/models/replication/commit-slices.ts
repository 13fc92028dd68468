/** Commits of a stretch of time, cut by when they were made. Apart because traffic hands in its commits at the end of a stretch, and replication must not be able to tell. */
import type { Ms } from '../../../base/clock.ts';

/** The newest commits of a longer stretch are made in slices of this length, as fine as the timeline tells: what has left by the time a link is cut must not depend on how time was cut. ms. */
const sliceMs = 100;
/** Commits that had this much time beyond twice the delay of their path are made in one: they have arrived if they could. ms. */
const settledMs = 200;

/** Orders per slice of (sinceMs, nowMs], oldest first, and when each is committed: at its end. The newest are cut finely, what lies before is one. `delayMs`: one way to the farthest peer. */
export function commitSlices(
  count: number,
  sinceMs: Ms,
  nowMs: Ms,
  delayMs: Ms,
): readonly (readonly [orders: number, atMs: Ms])[] {
  const fineMs = settledMs + 2 * delayMs;
  const spanMs = nowMs - sinceMs;
  if (spanMs <= sliceMs) return count > 0 ? [[count, nowMs]] : [];
  const slices = Math.ceil(Math.min(spanMs, fineMs) / sliceMs);
  const out: [number, Ms][] = [];
  let given = 0;
  for (let i = slices; i >= 0; i--) {
    const atMs = nowMs - i * sliceMs;
    if (atMs <= sinceMs) continue;
    const upTo = Math.floor((count * (atMs - sinceMs)) / spanMs);
    if (upTo > given) out.push([upTo - given, atMs]);
    given = upTo;
  }
  return out;
}
