/**
 * How long after a fault an SLI was back (RTO).
 *
 * From the lower end of the landing to the first moment from which the SLI stays inside its steady state for the hold time
 * (10 s), where a window counts from its start. An SLI that degrades late, while the fault is still in place, is measured to the
 * end of that degradation. Windows with too few samples are not healthy. Judged up to the next damage or the end of the load.
 *
 * Never degraded: 0, with a note. Not back in time: missed as soon as a failing window lies beyond the bound. Hold time not
 * inside the measured load: unknown. The resolution is the width of the landing, at least one slot of 100 ms.
 */
import type { Ms } from '../base/clock.ts';
import { formatClock, formatDuration } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import type { HealthSpan } from '../domain/sli-health.ts';
import { holdMsDefault, slotMs, windowOf } from '../domain/sli-window.ts';
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown, words } from './finding.ts';
import { describeSli, factsOfSli, healthOf, type SliName } from './measured-sli.ts';
import { type LandedPass, resolutionMs, windowAfter, worstOfPasses } from './passes.ts';
import { splitOf } from './recovery-split.ts';
import type { Span } from './span.ts';

/** What is asked. */
export interface RecoveryOptions extends SliName {
  /** The fault. With several passes, the slowest counts. */
  readonly after: string;
  readonly msMax: Ms;
  /** How long the SLI must stay healthy, ms; 10 s by default. */
  readonly holdMs?: Ms;
  /** In place of `recovery of api.write`. */
  readonly name?: string;
}

/** `recovery of orders`: figures `recoveryMs`, `failingMs`. Throws an InputError for impossible arguments. */
export function recovery(options: RecoveryOptions): Objective {
  const { of, site, channel, after, msMax, holdMs, name } = options;
  check('recovery')
    .only(options, ['of', 'site', 'channel', 'after', 'msMax', 'holdMs', 'name'])
    .given({ of, after, msMax })
    .text('of', of)
    .text('site', site)
    .text('channel', channel)
    .text('after', after)
    .text('name', name)
    .ms('msMax', msMax)
    .ms('holdMs', holdMs)
    .done();
  return {
    family: 'recovery',
    name: name ?? `recovery of ${describeSli(options)}`,
    expected: `≤ ${formatDuration(msMax)}`,
    needs: { faults: [after], slis: [of], facts: factsOfSli(of), ...aboutOf(options) },
    evaluate: (run) => worstOfPasses(run, after, 'recoveryMs', (pass) => evaluatePass(run, pass, options)),
  };
}

function evaluatePass(run: FoldedRun, pass: LandedPass, options: RecoveryOptions): Finding {
  const spans = healthOf(run, options);
  if (spans === undefined) return unknown('not exercised', `no steady state is declared for ${options.of}`);
  const window = windowAfter(run, pass);
  const seen = within(spans, window);
  const settledMs = window.fromMs + windowOf(options.of, run.steadyState[options.of]).widthMs;
  if (!seen.some((span) => span.health !== 'unknown' && span.toMs > settledMs))
    return unknown('not exercised', `${describeSli(options)} had too few requests after ${pass.fault}`, { window });
  const onsetMs = onset(seen, Math.min(window.toMs, pass.healingMs ?? window.toMs));
  if (onsetMs === undefined) return neverDegraded(seen, options, window);
  return degraded(run, pass, options, seen, onsetMs, window);
}

/** The spans of windows that end inside the window, cut to it. */
function within(spans: readonly HealthSpan[], { fromMs, toMs }: Span): readonly HealthSpan[] {
  return spans
    .filter((span) => span.toMs > fromMs && span.fromMs < toMs)
    .map((span) => ({ ...span, fromMs: Math.max(span.fromMs, fromMs), toMs: Math.min(span.toMs, toMs) }));
}

/** Start of the slot that made the first window fail. */
function onset(seen: readonly HealthSpan[], untilMs: Ms): Ms | undefined {
  return seen.find((span) => span.health !== 'healthy' && span.fromMs < untilMs)?.fromMs;
}

function neverDegraded(seen: readonly HealthSpan[], options: RecoveryOptions, window: Span): Finding {
  const holdMs = options.holdMs ?? holdMsDefault;
  const end = seen.at(-1)!.toMs;
  if (end - window.fromMs < holdMs)
    return unknown('not measured', `only ${formatDuration(end - window.fromMs)} of load after the fault`, { window });
  return finding('met', '0 s', { because: 'never degraded', window, figures: { recoveryMs: 0, failingMs: 0 } });
}

function degraded(
  run: FoldedRun,
  pass: LandedPass,
  options: RecoveryOptions,
  seen: readonly HealthSpan[],
  onsetMs: Ms,
  window: Span,
): Finding {
  const holdMs = options.holdMs ?? holdMsDefault;
  const widthMs = windowOf(options.of, run.steadyState[options.of]).widthMs;
  const back = seen.find(
    (span) => span.health === 'healthy' && span.fromMs > onsetMs && span.toMs - startOf(span, widthMs) >= holdMs,
  );
  if (back === undefined) return notBack(seen, options, window);
  const backMs = Math.max(startOf(back, widthMs), onsetMs + slotMs);
  const recoveryMs = backMs - pass.landed.fromMs;
  const again = seen.some((span) => span.health === 'unhealthy' && span.fromMs >= back.toMs);
  const because = words(
    `failing ${formatClock(onsetMs)} to ${formatClock(backMs)}, then steady for ${formatDuration(holdMs)}`,
    splitOf(run, pass, backMs),
    again ? `degraded again at ${formatClock(back.toMs)}` : '',
  );
  return finding(standingOf(recoveryMs <= options.msMax), `${formatDuration(recoveryMs)}${resolution(pass)}`, {
    because,
    window: { fromMs: window.fromMs, toMs: Math.min(window.toMs, backMs + holdMs) },
    figures: { recoveryMs, failingMs: backMs - onsetMs },
    evidence: pass.events,
  });
}

/** Start of the first window of a healthy span. */
function startOf(span: HealthSpan, widthMs: Ms): Ms {
  return span.fromMs + slotMs - widthMs;
}

function notBack(seen: readonly HealthSpan[], options: RecoveryOptions, window: Span): Finding {
  const lastBadMs = seen.findLast((span) => span.health !== 'healthy')!.toMs;
  const sinceMs = lastBadMs - window.fromMs;
  const because = `not steady again by ${formatClock(seen.at(-1)!.toMs)}`;
  const details = { because, window, figures: { recoveryAtLeastMs: sinceMs } };
  const late = seen.some((span) => span.health === 'unhealthy' && span.toMs - window.fromMs > options.msMax);
  if (late && sinceMs > options.msMax) return finding('missed', `> ${formatDuration(options.msMax)}`, details);
  return unknown('not measured', `${because}, and the measured load ends before the bound`, { window });
}

function resolution(pass: LandedPass): string {
  return ` ± ${formatDuration(resolutionMs(pass, slotMs)).replace(/ s$/, '')}`;
}
