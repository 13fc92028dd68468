/** Slots that wait until every stream of a service has passed them. Apart because streams of traffic (site, channel) arrive with different widths and some fall silent. */
import type { Ms } from '../base/clock.ts';
import type { Traffic } from './event.ts';
import { endedOf, spread } from './sli-slots.ts';
import { type Share, slotMs } from './sli-window.ts';

/** How long a slot waits for a stream that has not passed it, ms. Shorter drops late stretches; longer delays what the story sees when a stream falls silent. */
const lateMs: Ms = 1_000;

/** How far all streams must be past a slot, ms: at the instant of a failure new streams appear (requests that found no site), and they arrive after those that are known. */
const graceMs: Ms = slotMs;

/** Slots in order of time, each handed on once. */
export interface SlotQueue {
  /** Takes a stretch and hands on every slot that it makes final. What falls into a slot already handed on is dropped: it came too late. */
  add(traffic: Traffic): void;
  /** Groups seen so far: `all`, `site …`, `channel …`. */
  keys(): Iterable<string>;
}

interface Sums {
  ok: number;
  bad: number;
  slow: number;
}

const nothing: Share = { ok: 0, bad: 0, slow: 0 };

/** A queue that hands on final slots, oldest first, with the share of each group. */
export function createSlotQueue(
  slowMs: number | undefined,
  final: (slot: number, of: (key: string) => Share) => void,
): SlotQueue {
  const waiting = new Map<number, Map<string, Sums>>();
  const frontiers = new Map<string, Ms>();
  const keys = new Set<string>();
  let next: number | undefined;
  /** The newest instant at which stretches ended, and the one before: streams that tell the newest in a moment must not be taken for late, and at the first instant nobody knows how many there are. */
  let newestMs = 0;
  let beforeMs = 0;
  const release = () => {
    if (beforeMs === 0) return;
    const until = Math.floor(finalMs(frontiers, beforeMs - lateMs) / slotMs);
    for (; next !== undefined && next < until; next++) {
      const sums = waiting.get(next);
      waiting.delete(next);
      final(next, (key) => sums?.get(key) ?? nothing);
    }
  };
  return {
    keys: () => keys,
    add: (traffic) => {
      const own = ['all', `site ${traffic.site}`, `channel ${traffic.channel}`];
      for (const key of own) keys.add(key);
      const ended = endedOf(traffic, slowMs);
      next ??= Math.floor(traffic.fromMs / slotMs);
      const open = next;
      spread(traffic, (slot, part) => {
        if (slot < open) return;
        const sums = at(waiting, slot);
        for (const key of own) addPart(sums, key, ended, part);
      });
      if (traffic.toMs > newestMs) [newestMs, beforeMs] = [traffic.toMs, newestMs];
      const stream = `${traffic.site} ${traffic.channel}`;
      frontiers.set(stream, Math.max(frontiers.get(stream) ?? 0, traffic.toMs));
      release();
    },
  };
}

/** Up to here slots are final: every stream has passed, or `giveUpMs` has. Streams that end before that are forgotten until they speak again. */
function finalMs(frontiers: Map<string, Ms>, giveUpMs: Ms): Ms {
  let least = Number.POSITIVE_INFINITY;
  for (const [stream, ms] of frontiers) {
    if (ms < giveUpMs) frontiers.delete(stream);
    else least = Math.min(least, ms);
  }
  return Math.max(least - graceMs, giveUpMs);
}

function at(waiting: Map<number, Map<string, Sums>>, slot: number): Map<string, Sums> {
  let sums = waiting.get(slot);
  if (sums === undefined) {
    sums = new Map();
    waiting.set(slot, sums);
  }
  return sums;
}

function addPart(slot: Map<string, Sums>, key: string, ended: Share, part: number): void {
  let sums = slot.get(key);
  if (sums === undefined) {
    sums = { ok: 0, bad: 0, slow: 0 };
    slot.set(key, sums);
  }
  sums.ok += ended.ok * part;
  sums.bad += ended.bad * part;
  sums.slow += ended.slow * part;
}
