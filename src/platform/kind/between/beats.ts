/** How far a stream is behind, from heartbeats: rows that one end commits five times a second and the other end receives. Apart because it is pure; who writes and reads the rows is elsewhere. */
import type { Ms } from '../../../base/clock.ts';

/** Something waits and nothing has been applied for this long: stalled. 2 s; as the fact says. */
const stalledAfterMs = 2_000;
/** Everything older than this has arrived: caught up. 1 s; as the fact says. */
const caughtUpWithinMs = 1_000;

/** One direction of a stream. All times in ms of the run. */
export interface Beats {
  /** The source committed its heartbeat with this stamp. */
  sent(stampMs: Ms): void;
  /** The target shows this stamp, and this position of its apply worker (any text that changes when something was applied). */
  seen(stampMs: Ms | undefined, position: string, nowMs: Ms): void;
  /** Age of the oldest heartbeat that has not arrived, ms; 0 when all have. */
  ageMs(nowMs: Ms): Ms;
  stalled(nowMs: Ms): boolean;
  caughtUp(nowMs: Ms): boolean;
}

/** A direction of which nothing was sent yet. */
export function createBeats(): Beats {
  let waiting: Ms[] = [];
  let newestMs = Number.NEGATIVE_INFINITY;
  let position: string | undefined;
  let appliedMs = Number.NEGATIVE_INFINITY;
  const ageMs = (nowMs: Ms) => (waiting.length === 0 ? 0 : Math.max(0, nowMs - waiting[0]!));
  return {
    sent: (stampMs) => {
      if (stampMs > newestMs) waiting.push(stampMs);
    },
    seen: (stampMs, at, nowMs) => {
      if (stampMs !== undefined && stampMs > newestMs) {
        newestMs = stampMs;
        appliedMs = nowMs;
        waiting = waiting.filter((each) => each > stampMs);
      }
      if (at !== position) {
        if (position !== undefined) appliedMs = nowMs;
        position = at;
      }
    },
    ageMs,
    stalled: (nowMs) => waiting.length > 0 && nowMs - Math.max(appliedMs, waiting[0]!) >= stalledAfterMs,
    caughtUp: (nowMs) => ageMs(nowMs) <= caughtUpWithinMs,
  };
}
