/** The circuit breaker in a caller: opens when too many calls of a window failed, tries one after a sleep. Apart because it is a small machine of its own. */
import type { BreakerPolicy } from './policy.ts';

/** A breaker. */
export interface Breaker {
  state(): 'closed' | 'half-open' | 'open';
  /** Whether a call may be made now; the one of a half-open breaker is its trial. */
  allows(): boolean;
  /** What became of a call that was allowed. */
  record(ok: boolean): void;
}

/** The window slides in this many steps. */
const steps = 10;

/** A closed breaker. */
export function createBreaker(policy: BreakerPolicy, nowMs: () => number = () => performance.now()): Breaker {
  let state: ReturnType<Breaker['state']> = 'closed';
  let openedMs = 0;
  let slots: { readonly step: number; calls: number; failed: number }[] = [];
  const stepMs = policy.windowMs / steps;
  const open = () => {
    state = 'open';
    openedMs = nowMs();
    slots = [];
  };
  const count = (ok: boolean) => {
    const step = Math.floor(nowMs() / stepMs);
    slots = slots.filter((slot) => slot.step > step - steps);
    let slot = slots.at(-1);
    if (slot?.step !== step) {
      slot = { step, calls: 0, failed: 0 };
      slots.push(slot);
    }
    slot.calls++;
    if (!ok) slot.failed++;
  };
  const tooMany = () => {
    const calls = slots.reduce((sum, slot) => sum + slot.calls, 0);
    const failed = slots.reduce((sum, slot) => sum + slot.failed, 0);
    return calls >= policy.volumeMin && failed > 0 && failed / calls >= policy.errorRatioMin;
  };
  return {
    state: () => state,
    allows: () => {
      if (state === 'open' && nowMs() - openedMs >= policy.sleepMs) {
        state = 'half-open';
        return true;
      }
      return state === 'closed';
    },
    record: (ok) => {
      if (state === 'half-open') {
        if (!ok) return open();
        state = 'closed';
        slots = [];
      } else if (state === 'closed') {
        count(ok);
        if (tooMany()) open();
      }
    },
  };
}
