/**
 * An alerting rule over the SLIs would have called somebody, in time and not before.
 *
 * The rule fires when the share of bad requests is at least `burnRateMin` × (1 − target) over a long and over a short window at
 * once, for the sum of all sites or for any one site, and resolves when no longer. This is the burn-rate alert of site reliability
 * practice, factor 14.4, with its windows of one hour and five minutes scaled down to 30 s and 2.5 s, so that runs of minutes can
 * be judged: real rules fire later. From the lower end of the landing to firing. Firing before the fault, with nothing broken by
 * the story, is a false alarm and a definite miss.
 */
import type { Ms } from '../base/clock.ts';
import { formatClock, formatDuration } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { type AlertRule, alertSpans } from './alert-rule.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { factsOfSli } from './measured-sli.ts';
import { type LandedPass, windowAfter, worstOfPasses } from './passes.ts';
import type { Span } from './span.ts';

/** What is asked. */
export interface AlertOptions {
  readonly of: string;
  readonly after: string;
  readonly msMax: Ms;
  /** Promised success ratio; the steady state's by default. Below 1. */
  readonly target?: number;
  readonly burnRateMin?: number;
  readonly longMs?: Ms;
  readonly shortMs?: Ms;
  readonly name?: string;
}

/** `alert on orders`: figures `alertMs`, `alertingMs` (how long it stayed). Throws an InputError for impossible arguments. */
export function alert(options: AlertOptions): Objective {
  const { of, after, msMax, target, burnRateMin, longMs = 30_000, shortMs = 2_500, name } = options;
  check('alert')
    .only(options, ['of', 'after', 'msMax', 'target', 'burnRateMin', 'longMs', 'shortMs', 'name'])
    .given({ of, after, msMax })
    .text('of', of)
    .text('after', after)
    .ms('msMax', msMax)
    .ratio('target', target)
    .that(target !== 1, '`target` below 1: with 1 every failure is an alarm')
    .number('burnRateMin', burnRateMin, 1)
    .ms('longMs', longMs)
    .ms('shortMs', shortMs)
    .that(shortMs > 0 && longMs >= shortMs, '`longMs` not to be shorter than `shortMs`, and both above 0')
    .done();
  return {
    family: 'alert',
    name: name ?? `alert on ${of}`,
    expected: `≤ ${formatDuration(msMax)}`,
    needs: { faults: [after], slis: [of], facts: factsOfSli(of) },
    evaluate: (run) => evaluate(run, options, { longMs, shortMs, burnRateMin: burnRateMin ?? 14.4 }),
  };
}

function evaluate(run: FoldedRun, options: AlertOptions, rule: Omit<AlertRule, 'target'>): Finding {
  const target = options.target ?? run.steadyState[options.of]?.successRatioMin;
  if (target === undefined || target >= 1)
    return unknown('not exercised', `no target below 1 is declared for ${options.of}`);
  if (run.traffic(options.of).length === 0) return unknown('not exercised', `no requests of ${options.of}`);
  const spans = alertSpans(run, options.of, { ...rule, target });
  const early = falseAlarm(run, spans);
  if (early !== undefined)
    return finding('missed', 'false alarm', {
      because: `fired at ${formatClock(early.fromMs)}, before anything was broken`,
      window: early,
      definite: true,
    });
  return worstOfPasses(run, options.after, 'alertMs', (pass) => evaluatePass(run, pass, options, spans));
}

/** An alarm inside the load that began before the first damage of the story. */
function falseAlarm(run: FoldedRun, spans: readonly Span[]): Span | undefined {
  const broken = run.faults.find((pass) => pass.landed !== undefined)?.landed?.fromMs ?? Number.POSITIVE_INFINITY;
  const from = run.loadWindow?.fromMs ?? 0;
  return spans.find((span) => span.fromMs >= from && span.fromMs < broken);
}

function evaluatePass(run: FoldedRun, pass: LandedPass, options: AlertOptions, spans: readonly Span[]): Finding {
  const window = windowAfter(run, pass);
  const fired = spans.find((span) => span.toMs > window.fromMs && span.fromMs < window.toMs);
  if (fired === undefined)
    return window.toMs - window.fromMs > options.msMax
      ? finding('missed', `> ${formatDuration(options.msMax)}`, { because: 'it did not fire', window })
      : unknown('not measured', 'the measurement ended before the bound', { window });
  const alertMs = Math.max(0, fired.fromMs - window.fromMs);
  return finding(standingOf(alertMs <= options.msMax), formatDuration(alertMs), {
    because: `fired at ${formatClock(fired.fromMs)}, resolved at ${formatClock(fired.toMs)}`,
    window: { fromMs: window.fromMs, toMs: fired.toMs },
    figures: { alertMs, alertingMs: fired.toMs - fired.fromMs },
  });
}
