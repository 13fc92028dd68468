/** Stretches of traffic laid on slots of 100 ms: a wide stretch gives every slot an even share. Apart because the live fold and the judgement must cut alike. */
import type { Ms } from '../base/clock.ts';
import type { Traffic } from './event.ts';
import { slotMs } from './sli-window.ts';

/** What became of the requests that ended in a stretch. */
export interface Ended {
  readonly ok: number;
  /** Failed and indeterminate. */
  readonly bad: number;
  /** Of `ok`, those slower than the bound asked for. */
  readonly slow: number;
}

/** Counts the ended requests of a stretch; `slowMs`: the p99 allowed, undefined for none. */
export function endedOf(traffic: Traffic, slowMs: number | undefined): Ended {
  let bad = traffic.indeterminate;
  for (const reason in traffic.failed) bad += traffic.failed[reason as keyof Traffic['failed']] ?? 0;
  let slow = 0;
  if (slowMs !== undefined)
    for (let i = traffic.latency.length - 1; i >= 0 && traffic.latency[i]![0] > slowMs; i--)
      slow += traffic.latency[i]![1];
  return { ok: traffic.ok, bad, slow };
}

/** The part of a stretch that lies inside [fromMs, toMs): 0..1. A stretch without width lies where it begins. */
export function partInside(traffic: Traffic, fromMs: Ms, toMs: Ms): number {
  const width = traffic.toMs - traffic.fromMs;
  if (width <= 0) return traffic.fromMs >= fromMs && traffic.fromMs < toMs ? 1 : 0;
  const overlap = Math.min(traffic.toMs, toMs) - Math.max(traffic.fromMs, fromMs);
  return overlap <= 0 ? 0 : overlap >= width ? 1 : overlap / width;
}

/** Calls `put(slot, part)` for every slot that the stretch touches; the parts sum to 1. Slot n is [100 n, 100 n + 100). */
export function spread(traffic: Traffic, put: (slot: number, part: number) => void): void {
  const first = Math.floor(traffic.fromMs / slotMs);
  const last = Math.ceil(traffic.toMs / slotMs) - 1;
  if (last <= first) {
    put(first, 1);
    return;
  }
  const width = traffic.toMs - traffic.fromMs;
  for (let slot = first; slot <= last; slot++) {
    const from = Math.max(traffic.fromMs, slot * slotMs);
    const to = Math.min(traffic.toMs, (slot + 1) * slotMs);
    put(slot, (to - from) / width);
  }
}
