/** Whether writes through a load balancer succeed: none of the last ten failed. Pure. */
import type { Ms } from '../../../base/clock.ts';

/** Writes that must have succeeded in a row: one second of them, so that one in twenty that fails shows. */
const streakMin = 10;

/** Takes writes in the order in which they began; gives what is to be told, with the time of the first write that showed it. */
export interface WritableFold {
  take(ok: boolean, beganMs: Ms): { readonly value: boolean; readonly atMs: Ms } | undefined;
}

/** A fold that has seen no write. The first one decides alone. */
export function createWritableFold(): WritableFold {
  let writable: boolean | undefined;
  let streak = 0;
  let sinceMs: Ms = 0;
  return {
    take: (ok, beganMs) => {
      if (!ok) {
        streak = 0;
        if (writable === false) return undefined;
        writable = false;
        return { value: false, atMs: beganMs };
      }
      streak++;
      if (streak === 1) sinceMs = beganMs;
      if (writable === true || (writable === false && streak < streakMin)) return undefined;
      writable = true;
      return { value: true, atMs: sinceMs };
    },
  };
}
