/**
 * How long after a fault or operation a fact held.
 *
 * From the lower end of the landing to the first moment at which the condition holds for every subject that fits. A condition
 * that held before and went on holding counts from 0; `anew` asks for a change after the landing. Not reached: missed once the
 * bound has passed.
 */
import type { Ms } from '../base/clock.ts';
import { formatDuration } from '../base/format.ts';
import { describeCondition, satisfies } from '../domain/condition.ts';
import { type FactName, facts, type Subject } from '../domain/fact.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { unknown } from './finding.ts';
import { happenedAfter, neverHappened } from './in-time.ts';
import { type Bound, changesIn, subjectsHit, valueBefore } from './observed.ts';
import { type LandedPass, windowAfter, worstOfPasses } from './passes.ts';
import { sitesOfNeeds } from './workload-after.ts';

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
  check('reaches').only(options, ['fact', 'where', 'is', 'min', 'max', 'not', 'after', 'msMax', 'anew', 'name']).done();
  return reachesIn('reaches', options);
}

/** The same under the name of another family. */
export function reachesIn(family: string, options: ReachesOptions): Objective {
  const { fact, after, msMax, name } = options;
  check(family)
    .given({ fact, after, msMax })
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
    needs: { faults: [after], slis, facts: [fact], ...sitesOfNeeds(options.where?.site), ...aboutOf(options) },
    evaluate: (run) => worstOfPasses(run, after, 'reachedMs', (pass) => evaluatePass(run, pass, options)),
  };
}

function evaluatePass(run: FoldedRun, pass: LandedPass, options: ReachesOptions): Finding {
  const { fact, where = {}, msMax } = options;
  const window = windowAfter(run, pass);
  const subjects = subjectsHit(run, fact, where, pass);
  if (subjects.length === 0) return unknown('not observed', `${fact} was never observed`, { window });
  const reached = firstAllHold(run, options, subjects, window);
  if (reached === undefined) return neverHappened(window, msMax, `${fact} did not get there`);
  const because = reached.atMs === window.fromMs ? 'it held already' : '';
  return happenedAfter(window, reached.atMs, msMax, 'reachedMs', { because, evidence: reached.evidence });
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
