/** Wall time as a clock of a platform: whole milliseconds since it was made, never going backwards. Apart because only real platforms know it. */
import type { Clock, Ms } from '../../base/clock.ts';

/** A clock, and what its zero is on the wall: stamps of other processes are turned into its time by subtracting that. */
export interface WallClock extends Clock {
  /** ms since 1970 at which the clock showed 0. */
  readonly epochMs: number;
}

/** setTimeout cannot wait longer, ms. */
const spanMsMax = 2 ** 31 - 1;

/** A clock that starts now. It follows the monotonic clock, so a step of the host's time does not move it. */
export function createWallClock(): WallClock {
  const startMs = performance.now();
  const epochMs = Date.now();
  const now = (): Ms => Math.floor(performance.now() - startMs);
  return {
    epochMs,
    now,
    at: (atMs, callback) => {
      let timer: ReturnType<typeof setTimeout>;
      // A timer of Node may fire up to 1 ms early; a callback never does.
      const wait = () => {
        const leftMs = atMs - now();
        if (leftMs <= 0) callback();
        else timer = setTimeout(wait, Math.min(leftMs, spanMsMax));
      };
      timer = setTimeout(wait, Math.min(Math.max(atMs - now(), 0), spanMsMax));
      return () => clearTimeout(timer);
    },
  };
}
