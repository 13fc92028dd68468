/** Requests between being asked and their end. Apart because an end comes one latency after the request, so books that ignore it would show recoveries before they happen. */
import type { Ms } from '../../../base/clock.ts';
import { failureReasons } from '../../../domain/event.ts';
import { latencySlots, meanOf } from './latency.ts';
import type { FlowStep } from './site-flow.ts';

/** How a request can end: ok, one of the failure reasons, timed out but done (`late`), timed out and not done (`silent`), lost with its pod (`reset`). Positions are fixed: 0, 1–6, 7, 8, 9. */
export const kinds = ['ok', ...failureReasons, 'late', 'silent', 'reset'] as const;
const lateAt = kinds.length - 3;
const silentAt = kinds.length - 2;
const resetAt = kinds.length - 1;

/** Requests asked evenly over a stretch, whose ends are spread as evenly over an equally long one. */
interface Cohort {
  fromMs: number;
  toMs: number;
  readonly counts: Float64Array;
  values: Float64Array;
  /** Share that has ended. */
  done: number;
}

/** What ended in a bucket. `counts` by kind, integers; `values`: latency of the ok ones by slot, ms. Both are reused by the next call. */
export interface Due {
  readonly counts: Float64Array;
  readonly values: Float64Array;
}

/** The requests of one site. */
export interface Pending {
  add(count: number, step: FlowStep, fromMs: Ms, toMs: Ms, timeoutMs: number): void;
  /** This share of everything pending is lost now. */
  reset(ratio: number): void;
  /** What has ended by `untilMs`, at most `inFlight` in all. */
  take(untilMs: Ms, inFlight: number): Due;
}

/** Nothing pending. */
export function createPending(): Pending {
  const cohorts: Cohort[] = [];
  const spare: Cohort[] = [];
  const owed = new Float64Array(kinds.length);
  const counts = new Float64Array(kinds.length);
  const values = new Float64Array(latencySlots.mass.length);
  const push = (fromMs: number, toMs: number, step: FlowStep) => {
    const cohort = spare.pop() ?? {
      fromMs,
      toMs,
      counts: new Float64Array(kinds.length),
      values: step.values,
      done: 0,
    };
    cohort.fromMs = fromMs;
    cohort.toMs = toMs;
    cohort.values = step.values;
    cohort.done = 0;
    cohort.counts.fill(0);
    cohorts.push(cohort);
    return cohort.counts;
  };
  return {
    add: (count, step, fromMs, toMs, timeoutMs) => {
      const { outcome } = step;
      const timedOut = outcome.late + outcome.silent;
      const okMs = Math.max(0, meanOf(outcome.modes));
      if (outcome.ok > 0) push(fromMs + okMs, toMs + okMs, step)[0] = count * outcome.ok;
      const bad = Math.max(0, 1 - outcome.ok - timedOut);
      if (bad > 1e-12) {
        const restMs = (outcome.meanMs - outcome.ok * okMs - timedOut * timeoutMs) / bad;
        const failMs = Math.max(0, Math.min(timeoutMs, restMs));
        const held = push(fromMs + failMs, toMs + failMs, step);
        for (let r = 0; r < failureReasons.length; r++) held[r + 1] = count * (outcome.failed[failureReasons[r]!] ?? 0);
      }
      if (timedOut > 1e-12) {
        const held = push(fromMs + timeoutMs, toMs + timeoutMs, step);
        held[lateAt] = count * outcome.late;
        held[silentAt] = count * outcome.silent;
      }
    },
    reset: (ratio) => {
      for (const cohort of cohorts)
        for (let k = 0; k < kinds.length; k++) {
          if (k === lateAt || k === silentAt) continue;
          owed[resetAt] = owed[resetAt]! + cohort.counts[k]! * (1 - cohort.done) * ratio;
          cohort.counts[k] = cohort.counts[k]! * (1 - ratio);
        }
    },
    take: (untilMs, inFlight) => {
      let weight = 0;
      values.fill(0);
      for (const cohort of cohorts) {
        const upTo = Math.max(0, Math.min(1, (untilMs - cohort.fromMs) / (cohort.toMs - cohort.fromMs)));
        const part = upTo - cohort.done;
        if (part <= 0) continue;
        cohort.done = upTo;
        for (let k = 0; k < kinds.length; k++) owed[k] = owed[k]! + cohort.counts[k]! * part;
        const ok = cohort.counts[0]! * part;
        if (ok <= 0) continue;
        weight += ok;
        for (let i = 0; i < values.length; i++) values[i] = values[i]! + ok * cohort.values[i]!;
      }
      if (weight > 0) for (let i = 0; i < values.length; i++) values[i] = values[i]! / weight;
      let kept = 0;
      for (const cohort of cohorts)
        if (cohort.done < 1) cohorts[kept++] = cohort;
        else spare.push(cohort);
      cohorts.length = kept;
      round(owed, counts, inFlight, cohorts.length === 0);
      return { counts, values };
    },
  };
}

/** Moves whole requests from `owed` to `counts`; when nothing is pending any more, all that is in flight. What ended ok is rounded down and never up while anything else could take the rest, so that more capacity cannot lose a request to rounding. */
function round(owed: Float64Array, counts: Float64Array, inFlight: number, all: boolean): void {
  let sum = 0;
  for (let k = 0; k < owed.length; k++) sum += owed[k]!;
  let left = all ? inFlight : Math.min(inFlight, Math.floor(sum + 1e-6));
  for (let k = 0; k < owed.length; k++) {
    counts[k] = Math.min(left, Math.max(0, Math.floor(owed[k]! + 1e-6)));
    left -= counts[k]!;
    owed[k] = owed[k]! - counts[k]!;
  }
  while (left > 0) {
    let most = 1;
    for (let k = 2; k < owed.length; k++) if (owed[k]! > owed[most]!) most = k;
    if (owed[most]! <= 1e-5) {
      if (!all) return;
      most = 0;
    }
    counts[most] = counts[most]! + 1;
    owed[most] = owed[most]! - 1;
    left--;
  }
  if (all) owed.fill(0);
}
