/**
 * **replaced**: how long after a fault a workload was whole again. **not replaced** (static stability): with the control plane
 * gone, nothing is created until the undo begins.
 *
 * Replaced: from the lower end of the landing to the end of the first time that the workload was short of replicas after it. A
 * workload that was never short was not exercised. Not replaced: between landing and undo the workload falls short and does not
 * become whole; becoming whole is a definite miss.
 */
import type { Ms } from '../base/clock.ts';
import { formatDuration } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { changesIn, type SubjectChange, subjectsHit } from './observed.ts';
import { type LandedPass, windowAfter, worstOfPasses } from './passes.ts';
import type { Span } from './span.ts';

/** Which workload, and after what. */
export interface ReplacedOptions {
  readonly workload: string;
  /** Absent: the sites that the fault was aimed at. */
  readonly site?: string;
  readonly after: string;
  readonly msMax: Ms;
  readonly name?: string;
}

/** `orders replaced after kill-pod`: figures `replacedMs`, `shortMs`. Throws an InputError for impossible arguments. */
export function replaced(options: ReplacedOptions): Objective {
  const { workload, site, after, msMax, name } = options;
  check('replaced')
    .text('workload', workload)
    .text('site', site)
    .text('after', after)
    .ms('msMax', msMax)
    .text('name', name)
    .done();
  return {
    family: 'replaced',
    name: name ?? `${workload} replaced after ${after}`,
    expected: `≤ ${formatDuration(msMax)}`,
    needs: { faults: [after], slis: ['workloads'], facts: ['workload.degraded'] },
    evaluate: (run) => worstOfPasses(run, after, 'replacedMs', (pass) => evaluateReplaced(run, pass, options)),
  };
}

/** `orders not replaced after stop-control-plane`: figure `replacedCount`. Throws an InputError for impossible arguments. */
export function notReplaced(options: Omit<ReplacedOptions, 'msMax'>): Objective {
  const { workload, site, after, name } = options;
  check('not-replaced').text('workload', workload).text('site', site).text('after', after).text('name', name).done();
  return {
    family: 'not-replaced',
    name: name ?? `${workload} not replaced after ${after}`,
    expected: 'nothing created',
    needs: { faults: [after], slis: ['workloads'], facts: ['workload.degraded'] },
    evaluate: (run) => worstOfPasses(run, after, 'replacedCount', (pass) => evaluateNotReplaced(run, pass, options)),
  };
}

function degradations(
  run: FoldedRun,
  pass: LandedPass,
  { workload, site }: Pick<ReplacedOptions, 'workload' | 'site'>,
  window: Span,
): readonly SubjectChange[] {
  const where = site === undefined ? { workload } : { workload, site };
  return changesIn(run, 'workload.degraded', subjectsHit(run, 'workload.degraded', where, pass), window);
}

function evaluateReplaced(run: FoldedRun, pass: LandedPass, options: ReplacedOptions): Finding {
  const window = windowAfter(run, pass);
  const changes = degradations(run, pass, options, window);
  const short = changes.find((change) => change.value === true);
  if (short === undefined)
    return unknown('not exercised', `${options.workload} was never short of a replica`, { window });
  const whole = changes.find((change) => change.atMs > short.atMs && change.value === false);
  if (whole === undefined) return notWhole(options, window, short);
  const replacedMs = whole.atMs - window.fromMs;
  return finding(standingOf(replacedMs <= options.msMax), formatDuration(replacedMs), {
    because: `short of replicas for ${formatDuration(whole.atMs - short.atMs)}`,
    window: { fromMs: window.fromMs, toMs: whole.atMs },
    figures: { replacedMs, shortMs: whole.atMs - short.atMs },
    evidence: [short.n, whole.n],
  });
}

function notWhole(options: ReplacedOptions, window: Span, short: SubjectChange): Finding {
  const details = { because: 'still short of replicas at the end', window, evidence: [short.n] };
  return window.toMs - window.fromMs > options.msMax
    ? finding('missed', `> ${formatDuration(options.msMax)}`, details)
    : unknown('not measured', details.because, details);
}

function evaluateNotReplaced(run: FoldedRun, pass: LandedPass, options: Omit<ReplacedOptions, 'msMax'>): Finding {
  const after = windowAfter(run, pass);
  const window = { fromMs: after.fromMs, toMs: Math.min(after.toMs, pass.healingMs ?? after.toMs) };
  const changes = degradations(run, pass, options, window);
  const short = changes.find((change) => change.value === true);
  if (short === undefined)
    return unknown('not exercised', `${options.workload} was never short of a replica`, { window });
  const whole = changes.filter((change) => change.atMs > short.atMs && change.value === false);
  const details = { window, figures: { replacedCount: whole.length }, evidence: [short.n, ...whole.map(({ n }) => n)] };
  if (whole.length === 0) return finding('met', 'nothing created', details);
  const because = `whole again after ${formatDuration(whole[0]!.atMs - window.fromMs)}`;
  return finding('missed', 'replaced', { ...details, because, definite: true });
}
