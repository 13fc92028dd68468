/** The heart of the simulator: simulated time, its queue, and forked random streams. Models schedule here and nowhere else. */
import type { Cancel, Ms } from '../base/clock.ts';
import { createRandom, type Random } from '../base/random.ts';
import { createQueue } from './queue.ts';

/** What models may use of the world. */
export interface Kernel {
  /** Simulated time, integer ms. */
  now(): Ms;
  /** Runs `callback` at `atMs` (rounded up to an integer; not before now). Equal times run in order of scheduling. */
  at(atMs: Ms, callback: () => void): Cancel;
  /** Runs `callback` after `delayMs` (≥ 0). */
  after(delayMs: Ms, callback: () => void): Cancel;
  /** The stream named `label`; the same label gives a stream that starts anew, so fork once and keep it. */
  random(label: string): Random;
}

/** The kernel with the handles of its driver. */
export interface KernelDriver extends Kernel {
  /** Runs `callback` at the end of the instant `atMs`, after everything else of that instant. For the runner's timers: at equal time, facts come before time-outs. */
  atClose(atMs: Ms, callback: () => void): Cancel;
  /** Runs the next entry; false when none is left at or before `limitMs`. */
  step(limitMs: Ms): boolean;
  /** Time of the next entry, or Infinity. */
  nextMs(): Ms;
}

/** A kernel at time 0. `seed`: 1 to 16 hexadecimal digits. */
export function createKernel(seed: string): KernelDriver {
  const queue = createQueue();
  const root = createRandom(seed);
  let now = 0;
  const add = (atMs: Ms, close: 0 | 1, callback: () => void) => {
    const ticket = queue.add(Math.max(now, Math.ceil(atMs)) * 2 + close, callback);
    return () => queue.cancel(ticket);
  };
  return {
    now: () => now,
    at: (atMs, callback) => add(atMs, 0, callback),
    after: (delayMs, callback) => add(now + delayMs, 0, callback),
    random: (label) => root.fork(label),
    atClose: (atMs, callback) => add(atMs, 1, callback),
    nextMs: () => Math.floor(queue.nextTime() / 2),
    step: (limitMs) => {
      const time = Math.floor(queue.nextTime() / 2);
      if (time > limitMs || time === Number.POSITIVE_INFINITY) return false;
      now = time;
      queue.take()?.();
      return true;
    },
  };
}

/** Tells several listeners of a change, at once and in the order in which they came. */
export interface Signal<T> {
  on(listener: (value: T) => void): void;
  emit(value: T): void;
}

/** A signal without listeners. A listener may cause the same signal again: it is then delivered after the first has reached everybody. */
export function createSignal<T>(): Signal<T> {
  const listeners: ((value: T) => void)[] = [];
  const waiting: T[] = [];
  let busy = false;
  return {
    on: (listener) => void listeners.push(listener),
    emit: (value) => {
      waiting.push(value);
      if (busy) return;
      busy = true;
      try {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          for (const listener of listeners) listener(next);
      } finally {
        busy = false;
      }
    },
  };
}
