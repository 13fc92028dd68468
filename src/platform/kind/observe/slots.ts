/** Tries of a prober as stretches of traffic: one slot per period, told in order once every try that began in it has ended; steady slots are told together. Pure. */
import type { Ms } from '../../../base/clock.ts';
import type { FailureReason, Traffic } from '../../../domain/event.ts';
import type { Ended } from './probe-outcome.ts';

/** Width of a slot, ms. */
export const slotMs = 100;
/** The widest stretch, ms: wider would delay what streaming folds can say. */
const widestMs = 1_000;

type Body = Omit<Traffic, 'type' | 'service' | 'site' | 'channel'>;

interface Slot {
  readonly fromMs: Ms;
  asked: number;
  readonly ended: Ended[];
}

/** Slots of one prober. */
export interface Slots {
  /** A try begins; call what it gives when it has ended, once. */
  begin(atMs: Ms): (ended: Ended) => void;
  /** Stretches that can be told at `nowMs`. `restless`: every slot by itself. */
  take(nowMs: Ms, restless: boolean): readonly Body[];
  /** Everything until `nowMs`, tries that have not ended as in flight. */
  close(nowMs: Ms): readonly Body[];
}

/** Slots from `fromMs` (a multiple of {@link slotMs}) on. */
export function createSlots(fromMs: Ms): Slots {
  let open: Slot[] = [];
  let nextMs = fromMs;
  let steady: Slot[] = [];
  const slotAt = (atMs: Ms): Slot => {
    for (; nextMs <= atMs; nextMs += slotMs) open.push({ fromMs: nextMs, asked: 0, ended: [] });
    return open.find((slot) => atMs < slot.fromMs + slotMs) ?? open.at(-1)!;
  };
  const flush = (): readonly Body[] => {
    if (steady.length === 0) return [];
    const body = bodyOf(steady);
    steady = [];
    return [body];
  };
  const add = (slot: Slot, restless: boolean): readonly Body[] => {
    const bad = slot.ended.some(({ outcome }) => outcome !== 'ok');
    const before = bad ? flush() : [];
    steady.push(slot);
    const full = (slot.fromMs + slotMs) % widestMs === 0;
    return bad || restless || full ? [...before, ...flush()] : before;
  };
  return {
    begin: (atMs) => {
      const slot = slotAt(atMs);
      slot.asked++;
      return (ended) => slot.ended.push(ended);
    },
    take: (nowMs, restless) => {
      slotAt(nowMs);
      const bodies: Body[] = [];
      while (open.length > 0 && open[0]!.fromMs + slotMs <= nowMs && open[0]!.asked === open[0]!.ended.length)
        bodies.push(...add(open.shift()!, restless));
      return bodies;
    },
    close: (nowMs) => {
      slotAt(nowMs);
      const rest = open.filter(({ fromMs }) => fromMs + slotMs <= nowMs);
      open = [];
      return [...flush(), ...carried(rest)];
    },
  };
}

/** Slots one by one; a try that has not ended is in flight from its slot on. */
function carried(slots: readonly Slot[]): readonly Body[] {
  let inFlight = 0;
  return slots.map((slot) => {
    inFlight += slot.asked - slot.ended.length;
    return { ...bodyOf([slot]), inFlight };
  });
}

function bodyOf(slots: readonly Slot[]): Body {
  const ended = slots.flatMap((slot) => slot.ended);
  const count = (outcome: Ended['outcome']) => ended.filter((each) => each.outcome === outcome).length;
  const failed: Partial<Record<FailureReason, number>> = {};
  for (const reason of ['refused', 'error'] as const) if (count(reason) > 0) failed[reason] = count(reason);
  return {
    fromMs: slots[0]!.fromMs,
    toMs: slots.at(-1)!.fromMs + slotMs,
    asked: slots.reduce((sum, { asked }) => sum + asked, 0),
    ok: count('ok'),
    failed,
    indeterminate: count('indeterminate'),
    inFlight: 0,
    latency: latencyOf(ended),
  };
}

function latencyOf(ended: readonly Ended[]): Traffic['latency'] {
  const counts = new Map<number, number>();
  for (const { outcome, latencyMs } of ended) {
    if (outcome !== 'ok') continue;
    const ms = Math.max(1, Math.round(latencyMs));
    counts.set(ms, (counts.get(ms) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b);
}
