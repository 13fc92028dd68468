/** Requests counted over spans of time; stretches that cross an end count in part. */
import { createHistogram, type Histogram } from '../base/histogram.ts';
import type { FailureReason, Traffic } from '../domain/event.ts';
import { partInside } from '../domain/sli-slots.ts';
import type { Span } from './span.ts';

/** What became of the requests that ended. */
export interface Tally {
  readonly asked: number;
  readonly ok: number;
  readonly failed: number;
  readonly indeterminate: number;
  readonly retries: number;
  /** Events with a failure, for evidence: the first few. */
  readonly failures: readonly number[];
}

/** How many events a finding names at most. */
export const evidenceMax = 20;

/** Counts the requests of the stretches inside the spans. Failures for a reason in `forgiven` do not count at all. */
export function tally(
  stretches: readonly (Traffic & { readonly n: number })[],
  spans: readonly Span[],
  forgiven: readonly FailureReason[] = [],
): Tally {
  const sum = { asked: 0, ok: 0, failed: 0, indeterminate: 0, retries: 0, failures: [] as number[] };
  for (const stretch of stretches)
    for (const span of spans) {
      const part = partInside(stretch, span.fromMs, span.toMs);
      if (part > 0) addPart(sum, stretch, part, forgiven);
    }
  return sum;
}

function addPart(
  sum: { asked: number; ok: number; failed: number; indeterminate: number; retries: number; failures: number[] },
  stretch: Traffic & { readonly n: number },
  part: number,
  forgiven: readonly FailureReason[],
): void {
  let failed = 0;
  for (const [reason, count] of Object.entries(stretch.failed))
    if (!forgiven.includes(reason as FailureReason)) failed += count;
  sum.asked += stretch.asked * part;
  sum.ok += stretch.ok * part;
  sum.failed += failed * part;
  sum.indeterminate += stretch.indeterminate * part;
  sum.retries += (stretch.retries ?? 0) * part;
  if (failed + stretch.indeterminate > 0 && sum.failures.length < evidenceMax) sum.failures.push(stretch.n);
}

/** Latencies of the requests that succeeded inside the spans. */
export function latencies(stretches: readonly Traffic[], spans: readonly Span[]): Histogram {
  const histogram = createHistogram();
  for (const stretch of stretches)
    for (const span of spans) {
      const part = partInside(stretch, span.fromMs, span.toMs);
      if (part > 0) for (const [ms, count] of stretch.latency) histogram.add(ms, count * part);
    }
  return histogram;
}
