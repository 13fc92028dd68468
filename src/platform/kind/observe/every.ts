/** Calls back at a fixed period and phase. Apart because probers must keep their places in the period, so that they never all fire at once. */
import type { Clock, Ms } from '../../../base/clock.ts';
import type { Stop } from '../../../domain/event.ts';

/** Calls at every whole multiple of `periodMs` plus `phaseMs`; turns that a busy process has missed are left out. */
export function every(clock: Clock, periodMs: Ms, phaseMs: Ms, act: (dueMs: Ms) => void): Stop {
  const phase = Math.floor(phaseMs) % periodMs;
  let stopped = false;
  let cancel = () => {};
  const plan = () => {
    const dueMs = (Math.floor((clock.now() - phase) / periodMs) + 1) * periodMs + phase;
    cancel = clock.at(dueMs, () => {
      if (stopped) return;
      plan();
      act(dueMs);
    });
  };
  plan();
  return () => {
    stopped = true;
    cancel();
  };
}
