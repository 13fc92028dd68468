/** From what happens to one try to what happens to a call with its retries, with and without a budget. Apart because it is pure probability. */
import type { FailureReason } from '../../../domain/event.ts';
import { compact, type Mode } from './latency.ts';

/** Shares of failures by reason. */
export type Failures = Readonly<Partial<Record<FailureReason, number>>>;

/** What becomes of a try or of a call. ok + Σ failed + late + silent = 1. */
export interface Outcome {
  readonly ok: number;
  readonly failed: Failures;
  /** Timed out, but the work is done later all the same. */
  readonly late: number;
  /** Timed out, and the work is not done. */
  readonly silent: number;
  /** Time until the caller knows, mean over all outcomes, ms. */
  readonly meanMs: number;
  /** The times of those that ended ok; weights sum to about 1. */
  readonly modes: readonly Mode[];
}

/** A call: an outcome after all its tries. */
export interface CallOutcome extends Outcome {
  /** Tries per call, ≥ 1. */
  readonly tries: number;
}

/** How a caller retries. */
export interface RetryPolicy {
  readonly retries: number;
  readonly retryBudgetRatio?: number;
}

/** More tries than this change nothing any more. */
const retriesMax = 16;

/** Sum of `ratio`¹ … `ratio`^`count`. */
function series(ratio: number, count: number): number {
  let term = 1;
  let total = 0;
  for (let i = 0; i < count; i++) {
    term *= ratio;
    total += term;
  }
  return total;
}

/** The share of failed tries that is tried again: 1, or less when a budget holds it down. */
export function retryShare(failRatio: number, policy: RetryPolicy): number {
  const retries = Math.min(policy.retries, retriesMax);
  const budget = policy.retryBudgetRatio;
  if (retries <= 0) return 0;
  if (budget === undefined || series(failRatio, retries) <= budget) return 1;
  let low = 0;
  let high = 1;
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (series(failRatio * middle, retries) > budget) high = middle;
    else low = middle;
  }
  return low;
}

/** Tries per call when each fails with `failRatio`. */
export function triesPerCall(failRatio: number, policy: RetryPolicy): number {
  const retries = Math.min(policy.retries, retriesMax);
  return retries <= 0 || failRatio <= 0 ? 1 : 1 + series(failRatio * retryShare(failRatio, policy), retries);
}

/** A call whose tries all end like `attempt`, independently of each other: the next try picks its own target. A call that ends without success after any time-out counts as timed out, because that try may have been done. */
export function withRetries(attempt: Outcome, policy: RetryPolicy): CallOutcome {
  const failRatio = Math.max(0, 1 - attempt.ok);
  const retries = Math.min(policy.retries, retriesMax);
  if (retries <= 0 || failRatio <= 0) return { ...attempt, tries: 1 };
  const again = retryShare(failRatio, policy);
  const definite = Math.max(0, failRatio - attempt.late - attempt.silent);
  const tries = 1 + series(failRatio * again, retries);
  const ok = attempt.ok * tries;
  let ends = 0;
  let path = 1;
  for (let i = 0; i <= retries; i++) {
    ends += path * (i < retries ? 1 - again : 1);
    path *= definite * again;
  }
  const failed: Partial<Record<FailureReason, number>> = {};
  for (const [reason, ratio] of Object.entries(attempt.failed) as [FailureReason, number][])
    failed[reason] = ratio * ends;
  const open = Math.max(0, 1 - ok - definite * ends);
  const timedOut = attempt.late + attempt.silent;
  const late = timedOut > 0 ? (open * attempt.late) / timedOut : 0;
  return {
    ok,
    failed,
    late,
    silent: timedOut > 0 ? open - late : 0,
    meanMs: attempt.meanMs * tries,
    modes: retriedModes(attempt, tries, failRatio),
    tries,
  };
}

/** First-try successes, and those that came after a failure: later by the mean time that a failure takes. */
function retriedModes(attempt: Outcome, tries: number, failRatio: number): readonly Mode[] {
  const first = 1 / tries;
  let okMs = 0;
  for (const mode of attempt.modes) okMs += mode.weight * mode.meanMs;
  const failMs = Math.max(0, (attempt.meanMs - attempt.ok * okMs) / failRatio);
  if (1 - first < 1e-4) return attempt.modes;
  return compact([
    ...attempt.modes.map((mode) => ({ ...mode, weight: mode.weight * first })),
    ...attempt.modes.map((mode) => ({ ...mode, weight: mode.weight * (1 - first), meanMs: mode.meanMs + failMs })),
  ]);
}
