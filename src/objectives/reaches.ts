/**
 * **reaches**: how long after a fault or operation a fact held, and **replicas reach**, **rolled out**: the same for a workload.
 *
 * From the lower end of the landing to the first moment at which the condition holds for every subject that fits. A condition
 * that held before and went on holding counts from 0; `anew` asks for a change after the landing. Not reached: missed once the
 * bound has passed.
 */
import type { Ms } from '../base/clock.ts';
import { formatDuration } from '../base/format.ts';
import { describeCondition, type FactName, facts, type Subject, satisfies } from '../domain/fact.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { type Bound, changesIn, subjectsHit, valueBefore } from './observed.ts';
import { type LandedPass, windowAfter, worstOfPasses } from './passes.ts';

/** What is asked. */
export interface ReachesOptions extends Bound {
  readonly fact: FactName;
  /** Narrows the subject; sites and nodes that are left out are those that the fault was aimed at. */
  readonly where?: Subject;
  readonly after: string;
  readonly msMax: Ms;
  /** Only a change after the landing counts. */
  readonly anew?: boolean;
  readonly name?: string;
}

/** `breaker.state of orders after slow-down`. Figure `reachedMs`. Throws an InputError for impossible arguments. */
export function reaches(options: ReachesOptions): Objective {
  return reachesIn('reaches', options);
}

/** What is asked of a workload. */
export interface WorkloadReachesOptions {
  readonly workload: string;
  /** Absent: the sites that the fault or operation was aimed at. */
  readonly site?: string;
  readonly after: string;
  readonly msMax: Ms;
  readonly name?: string;
}

/** At least `replicasMin` replicas are ready. Figure `reachedMs`. Throws an InputError for impossible arguments. */
export function replicasReach(options: WorkloadReachesOptions & { readonly replicasMin: number }): Objective {
  const { workload, replicasMin } = options;
  check('replicas-reach').text('workload', workload).number('replicasMin', replicasMin, 1).done();
  return reachesIn('replicas-reach', {
    ...options,
    fact: 'workload.ready',
    where: whereOf(options),
    min: replicasMin,
    name: options.name ?? `${replicasMin} replicas of ${workload} after ${options.after}`,
  });
}

/** The newest revision is complete. Figure `reachedMs`. Throws an InputError for impossible arguments. */
export function rolledOut(options: WorkloadReachesOptions): Objective {
  check('rolled-out').text('workload', options.workload).done();
  return reachesIn('rolled-out', {
    ...options,
    fact: 'workload.rolled-out',
    where: whereOf(options),
    anew: true,
    name: options.name ?? `${options.workload} rolled out after ${options.after}`,
  });
}

function whereOf({ workload, site }: WorkloadReachesOptions): Subject {
  return site === undefined ? { workload } : { workload, site };
}

function reachesIn(family: string, options: ReachesOptions): Objective {
  const { fact, after, msMax, name } = options;
  check(family)
    .that(Object.hasOwn(facts, fact), `\`fact\` to be a known fact, got \`${fact}\``)
    .text('after', after)
    .ms('msMax', msMax)
    .text('name', name)
    .done();
  const slis = fact.startsWith('workload.') || fact.startsWith('pod.') ? ['workloads'] : [];
  return {
    family,
    name: name ?? `${describeCondition({ ...options, subject: options.where ?? {} })} after ${after}`,
    expected: `≤ ${formatDuration(msMax)}`,
    needs: { faults: [after], slis, facts: [fact] },
    evaluate: (run) => worstOfPasses(run, after, 'reachedMs', (pass) => evaluatePass(run, pass, options)),
  };
}

function evaluatePass(run: FoldedRun, pass: LandedPass, options: ReachesOptions): Finding {
  const { fact, where = {}, msMax } = options;
  const window = windowAfter(run, pass);
  const subjects = subjectsHit(run, fact, where, pass);
  if (subjects.length === 0) return unknown('not observed', `${fact} was never observed`, { window });
  const reached = firstAllHold(run, options, subjects, window);
  if (reached === undefined)
    return window.toMs - window.fromMs > msMax
      ? finding('missed', `> ${formatDuration(msMax)}`, { because: `${fact} did not get there`, window })
      : unknown('not measured', 'the measurement ended before the bound', { window });
  const reachedMs = reached.atMs - window.fromMs;
  return finding(standingOf(reachedMs <= msMax), formatDuration(reachedMs), {
    because: reachedMs === 0 ? 'it held all along' : '',
    window: { fromMs: window.fromMs, toMs: reached.atMs },
    figures: { reachedMs },
    evidence: reached.evidence,
  });
}

function firstAllHold(
  run: FoldedRun,
  options: ReachesOptions,
  subjects: readonly Subject[],
  window: { readonly fromMs: Ms; readonly toMs: Ms },
): { readonly atMs: Ms; readonly evidence: readonly number[] } | undefined {
  const condition = (subject: Subject) => ({ ...options, subject });
  const holding = new Set<Subject>();
  if (options.anew !== true)
    for (const subject of subjects) {
      const value = valueBefore(run, options.fact, subject, window.fromMs);
      if (value !== undefined && satisfies(condition(subject), value)) holding.add(subject);
    }
  if (holding.size === subjects.length) return { atMs: window.fromMs, evidence: [] };
  for (const change of changesIn(run, options.fact, subjects, window)) {
    if (satisfies(condition(change.subject), change.value)) holding.add(change.subject);
    else holding.delete(change.subject);
    if (holding.size === subjects.length) return { atMs: change.atMs, evidence: [change.n] };
  }
  return undefined;
}
