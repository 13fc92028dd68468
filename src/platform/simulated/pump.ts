/** Advances simulated time while a runner waits for something. Apart because it is the one place where promises and simulated time meet: time moves on only when the runner has consumed all that it was told. */
import type { Cancel, Clock, Ms } from '../../base/clock.ts';
import type { World } from '../../sim/world.ts';

/** Steps between two looks at the outside (signals), whatever happens. */
const stepsPerTurn = 20_000;

/** Drives a world for a runner. */
export interface Pump {
  readonly clock: Clock;
  /** Tells the runner something that it may answer with a promise: time waits until it has. */
  touch(): void;
  /** Resolves at `atMs`. Rejects with the signal's reason when aborted first. */
  waitUntil(atMs: Ms, signal: AbortSignal): Promise<void>;
  /** Resolves once `test` holds, looked at every `everyMs`; rejects as {@link waitUntil}, or with a RangeError after `limitMs`. */
  waitFor(test: () => boolean, everyMs: Ms, limitMs: Ms, signal: AbortSignal): Promise<void>;
  /** Time may pass from now on. */
  start(): void;
  /** Time stands still. */
  stop(): void;
}

/** A pump for this world, stopped. */
export function createPump(world: World): Pump {
  const { kernel } = world;
  let running = false;
  let touched = false;
  let turning = false;

  const turn = () => {
    turning = false;
    touched = false;
    for (let step = 0; running && !touched && step < stepsPerTurn; step++)
      if (!kernel.step(Number.POSITIVE_INFINITY)) return;
    if (running) soon();
  };
  const soon = () => {
    if (turning) return;
    turning = true;
    setImmediate(turn);
  };
  const touch = () => {
    touched = true;
  };
  const at = (atMs: Ms, callback: () => void): Cancel => {
    const cancel = kernel.atClose(atMs, () => {
      touch();
      callback();
    });
    if (running) soon();
    return cancel;
  };
  const waitUntil = (atMs: Ms, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const abort = () => {
        cancel();
        reject(signal.reason);
      };
      const cancel = at(atMs, () => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
      signal.addEventListener('abort', abort, { once: true });
    });
  const waitFor: Pump['waitFor'] = async (test, everyMs, limitMs, signal) => {
    const endMs = kernel.now() + limitMs;
    while (!test()) {
      if (kernel.now() >= endMs) throw new RangeError(`waited ${limitMs / 1000} s`);
      await waitUntil(kernel.now() + everyMs, signal);
    }
  };
  return {
    clock: { now: kernel.now, at },
    touch,
    waitUntil,
    waitFor,
    start: () => {
      running = true;
      soon();
    },
    stop: () => {
      running = false;
    },
  };
}
