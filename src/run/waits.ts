/** Waiting for facts: a promise that settles when a test on the facts holds, or at its limit on the platform's clock. Every wait of a run is one of these, so none is without limit and signal. */
import type { Clock, Ms } from '../base/clock.ts';

/** Thrown when a wait, or a phase, was cut short. */
export class Interrupted extends Error {
  constructor(because: string) {
    super(because);
    this.name = 'Interrupted';
  }
}

/** Waits that look again whenever something changed. */
export interface Waits {
  /** True as soon as `test` holds, though not before `atLeastMs` have passed; false after `limitMs`. Rejects with {@link Interrupted} when the signal aborts. */
  until(test: () => boolean, options: WaitOptions): Promise<boolean>;
  /** Something changed: tests are tried again. */
  changed(): void;
}

/** Spans from now, ms. */
export interface WaitOptions {
  readonly atLeastMs?: Ms;
  readonly limitMs: Ms;
  readonly signal: AbortSignal;
}

/** Waits on this clock. */
export function createWaits(clock: Clock): Waits {
  const open = new Set<() => void>();
  return {
    changed: () => {
      for (const look of [...open]) look();
    },
    until: (test, { atLeastMs = 0, limitMs, signal }) =>
      new Promise<boolean>((resolve, reject) => {
        const fromMs = clock.now();
        let settled = false;
        const cancels = [clock.at(fromMs + limitMs, () => settle(() => resolve(test())))];
        /** Settles in a callback of the clock: only there does the platform wait for promises to be heeded before time goes on. */
        const settle = (act: () => void) => {
          if (settled) return;
          settled = true;
          open.delete(look);
          signal.removeEventListener('abort', interrupt);
          for (const cancel of cancels) cancel();
          clock.at(clock.now(), act);
        };
        const look = () => {
          if (clock.now() - fromMs >= atLeastMs && test()) settle(() => resolve(true));
        };
        const interrupt = () => settle(() => reject(new Interrupted(String(signal.reason ?? 'aborted'))));
        if (signal.aborted) return interrupt();
        if (atLeastMs > 0) cancels.push(clock.at(fromMs + atLeastMs, look));
        open.add(look);
        signal.addEventListener('abort', interrupt);
        look();
      }),
  };
}
