/** Verdicts on how long something took after a landing. Apart because all of them treat bounds, ends of measurement and blind observers alike: what is observed can only have happened earlier, so a blind spot matters at the bound alone. */
import type { Ms } from '../base/clock.ts';
import { formatDuration } from '../base/format.ts';
import type { Finding } from '../domain/objective.ts';
import { type Details, finding, standingOf, unknown } from './finding.ts';
import type { Span } from './span.ts';

/** It happened at `atMs`; `window` begins at the landing. `figure`: name of the figure in ms. `received`: in place of the bare span. */
export function happenedAfter(
  window: Span,
  atMs: Ms,
  msMax: Ms,
  figure: string,
  details: Details & { readonly received?: string } = {},
): Finding {
  const tookMs = atMs - window.fromMs;
  const { received = formatDuration(tookMs), figures = {}, ...rest } = details;
  return finding(standingOf(tookMs <= msMax), received, {
    ...rest,
    window: { fromMs: window.fromMs, toMs: atMs },
    figures: { [figure]: tookMs, ...figures },
    gapsMatter: tookMs <= msMax ? { fromMs: atMs, toMs: atMs } : instantOf(window.fromMs + msMax),
  });
}

/** It did not happen inside the window: missed when the bound lies inside it, else not measured. */
export function neverHappened(window: Span, msMax: Ms, because: string, evidence: readonly number[] = []): Finding {
  const details = { because, window, evidence, gapsMatter: instantOf(window.fromMs + msMax) };
  return window.toMs - window.fromMs > msMax
    ? finding('missed', `> ${formatDuration(msMax)}`, details)
    : unknown('not measured', `${because} before the measurement ended`, details);
}

function instantOf(ms: Ms): Span {
  return { fromMs: ms, toMs: ms + 1 };
}
