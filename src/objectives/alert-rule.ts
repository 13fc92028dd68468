/** When a burn-rate alert over the SLIs of a service fires and resolves. Apart from the objective, because the rule knows nothing of faults. */
import type { Ms } from '../base/clock.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import { type SlotSeries, slotSeries } from '../domain/sli-health.ts';
import { slotMs } from '../domain/sli-window.ts';
import type { Span } from './span.ts';

/** A rule with two windows. */
export interface AlertRule {
  /** Promised success ratio, 0..1. */
  readonly target: number;
  readonly burnRateMin: number;
  readonly longMs: Ms;
  readonly shortMs: Ms;
}

/** Requests that must lie in the short window for the rule to say anything: fewer, and single failures would call people. */
const samplesMin = 20;

/** Times at which the rule fires, for all sites summed or any one of them, oldest first, not overlapping. */
export function alertSpans(run: FoldedRun, service: string, rule: AlertRule): readonly Span[] {
  const all = run.traffic(service);
  const sites = [...new Set(all.map((stretch) => stretch.site))].filter((site) => site !== '-');
  const groups = [all, ...(sites.length < 2 ? [] : sites.map((site) => run.traffic(service, { site })))];
  const spans = groups.flatMap((stretches) => firing(slotSeries(stretches, undefined), rule));
  return merged(spans.sort((a, b) => a.fromMs - b.fromMs));
}

function firing(series: SlotSeries, rule: AlertRule): readonly Span[] {
  const long = Math.max(1, Math.round(rule.longMs / slotMs));
  const short = Math.max(1, Math.round(rule.shortMs / slotMs));
  const bad = cumulated(series.length, (i) => series.bad[i]!);
  const ended = cumulated(series.length, (i) => series.ok[i]! + series.bad[i]!);
  const allowed = rule.burnRateMin * (1 - rule.target);
  const spans: { fromMs: Ms; toMs: Ms }[] = [];
  for (let i = 1; i <= series.length; i++) {
    const burns = (slots: number) => {
      const from = Math.max(0, i - slots);
      return bad[i]! - bad[from]! >= allowed * (ended[i]! - ended[from]!);
    };
    if (ended[i]! - ended[Math.max(0, i - short)]! < samplesMin || !burns(short) || !burns(long)) continue;
    const toMs = series.fromMs + (i + 1) * slotMs;
    const last = spans.at(-1);
    if (last !== undefined && last.toMs === toMs - slotMs) last.toMs = toMs;
    else spans.push({ fromMs: toMs - slotMs, toMs });
  }
  return spans;
}

/** Sums of the first 0, 1, … values. */
function cumulated(length: number, value: (i: number) => number): Float64Array {
  const sums = new Float64Array(length + 1);
  for (let i = 0; i < length; i++) sums[i + 1] = sums[i]! + value(i);
  return sums;
}

function merged(spans: readonly Span[]): readonly Span[] {
  const out: { fromMs: Ms; toMs: Ms }[] = [];
  for (const span of spans) {
    const last = out.at(-1);
    if (last !== undefined && span.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, span.toMs);
    else out.push({ ...span });
  }
  return out;
}
