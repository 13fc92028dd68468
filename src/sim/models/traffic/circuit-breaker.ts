/** The circuit breaker in the callers of one service in one site. Simplification: all callers share one breaker; real ones each have their own and open within about one window of each other, so our edges are sharper. */
import type { Ms } from '../../../base/clock.ts';
import type { Breaker } from '../../../domain/topology.ts';

/** A breaker. Times are the caller's simulated clock. */
export interface CircuitBreaker {
  state(): 'closed' | 'open' | 'half-open';
  /** How many of `calls` may be made in a bucket that starts at `atMs`: all, none, or one trial. Moves from open to half-open. */
  allow(calls: number, atMs: Ms): number;
  /** What became of the calls that were made; may change the state. `trial`: whether the single trial of a half-open breaker, when it is begun now, goes well; `trialMs`: how long it takes (0 by default), until when the breaker stays half-open. */
  record(calls: number, failed: number, untilMs: Ms, trial: () => boolean, trialMs?: Ms): void;
}

/** The window slides in this many steps, as Hystrix's ten buckets do. */
const steps = 10;

/** A closed breaker. */
export function createCircuitBreaker(policy: Breaker): CircuitBreaker {
  let state: 'closed' | 'open' | 'half-open' = 'closed';
  let openUntilMs = 0;
  let halfOpenMs = 0;
  /** The trial under way. */
  let tried: { readonly well: boolean; readonly untilMs: Ms } | undefined;
  const calls = new Float64Array(steps);
  const failures = new Float64Array(steps);
  let step = 0;
  const stepMs = Math.max(1, policy.windowMs / steps);
  const clear = () => {
    calls.fill(0);
    failures.fill(0);
  };
  const slide = (atMs: Ms) => {
    const now = Math.floor(atMs / stepMs);
    for (let gone = Math.min(steps, now - step); gone > 0; gone--) {
      const slot = (now - gone + 1) % steps;
      calls[slot] = 0;
      failures[slot] = 0;
    }
    step = Math.max(step, now);
  };
  const open = (atMs: Ms) => {
    state = 'open';
    openUntilMs = atMs + policy.sleepMs;
    clear();
  };
  const endTrial = (well: boolean, atMs: Ms) => {
    tried = undefined;
    if (!well) return open(atMs);
    state = 'closed';
    clear();
  };
  return {
    state: () => state,
    allow: (asked, atMs) => {
      if (state === 'open' && atMs >= openUntilMs) {
        state = 'half-open';
        halfOpenMs = atMs;
      }
      return state === 'closed' ? asked : state === 'open' || tried !== undefined ? 0 : Math.min(1, asked);
    },
    record: (made, failed, untilMs, trial, trialMs = 0) => {
      if (state === 'half-open') {
        if (made > 0) tried ??= { well: trial(), untilMs: halfOpenMs + trialMs };
        if (tried !== undefined && untilMs >= tried.untilMs) endTrial(tried.well, untilMs);
        return;
      }
      if (made <= 0 || state === 'open') return;
      slide(untilMs);
      const slot = step % steps;
      calls[slot] = calls[slot]! + made;
      failures[slot] = failures[slot]! + failed;
      const volume = calls.reduce((a, b) => a + b, 0);
      const bad = failures.reduce((a, b) => a + b, 0);
      if (volume >= policy.volumeMin && bad > 0 && bad / volume >= policy.errorRatioMin) open(untilMs);
    },
  };
}
