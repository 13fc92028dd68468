/** The health of an SLI over a whole stored run, as spans. The judgement's half of the fold: nothing is late here, every stretch is known. */
import type { Ms } from '../base/clock.ts';
import type { Traffic } from './event.ts';
import { endedOf, spread } from './sli-slots.ts';
import { createHealthWindow, type Health, slotMs, type WindowShape } from './sli-window.ts';
import type { SteadyState } from './topology.ts';

/** All windows that end in (fromMs, toMs] have this health. Spans follow each other without gaps. */
export interface HealthSpan {
  readonly health: Health;
  readonly fromMs: Ms;
  readonly toMs: Ms;
}

/** Requests that ended, per slot, from the first stretch to the last. */
export interface SlotSeries {
  /** Start of slot 0. */
  readonly fromMs: Ms;
  readonly length: number;
  readonly ok: Float64Array;
  readonly bad: Float64Array;
  readonly slow: Float64Array;
}

/** Sums stretches of any sites and channels into slots. `slowMs`: latency above which a success counts as slow. */
export function slotSeries(stretches: readonly Traffic[], slowMs: number | undefined): SlotSeries {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const stretch of stretches) {
    if (stretch.fromMs < fromMs) fromMs = stretch.fromMs;
    if (stretch.toMs > toMs) toMs = stretch.toMs;
  }
  const first = stretches.length === 0 ? 0 : Math.floor(fromMs / slotMs);
  const length = stretches.length === 0 ? 0 : Math.max(1, Math.ceil(toMs / slotMs) - first);
  const series = { ok: new Float64Array(length), bad: new Float64Array(length), slow: new Float64Array(length) };
  for (const stretch of stretches) addTo(series, first, stretch, slowMs);
  return { fromMs: first * slotMs, length, ...series };
}

function addTo(
  series: { ok: Float64Array; bad: Float64Array; slow: Float64Array },
  first: number,
  stretch: Traffic,
  slowMs: number | undefined,
): void {
  const ended = endedOf(stretch, slowMs);
  spread(stretch, (slot, part) => {
    const i = Math.min(slot - first, series.ok.length - 1);
    series.ok[i]! += ended.ok * part;
    series.bad[i]! += ended.bad * part;
    series.slow[i]! += ended.slow * part;
  });
}

/** The health of every window over these stretches, oldest first; empty without traffic. */
export function healthSpans(
  stretches: readonly Traffic[],
  limits: SteadyState,
  shape: WindowShape,
): readonly HealthSpan[] {
  const series = slotSeries(stretches, limits.p99MsMax);
  const window = createHealthWindow(limits, shape);
  const spans: { health: Health; fromMs: Ms; toMs: Ms }[] = [];
  for (let i = 0; i < series.length; i++) {
    const health = window.push(series.ok[i]!, series.bad[i]!, series.slow[i]!);
    const toMs = series.fromMs + (i + 1) * slotMs;
    const last = spans.at(-1);
    if (last !== undefined && last.health === health) last.toMs = toMs;
    else spans.push({ health, fromMs: toMs - slotMs, toMs });
  }
  return spans;
}
