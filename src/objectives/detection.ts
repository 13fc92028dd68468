/**
 * How long after a fault the platform noticed (MTTD).
 *
 * From the lower end of the landing to the first change of a fact to a value that fits, by the source's own stamp. Where the fact
 * has a site or node as its subject and none is given, only those that the fault was aimed at count. No such change: missed once
 * the bound has passed.
 */
import type { Ms } from '../base/clock.ts';
import { formatDuration } from '../base/format.ts';
import { satisfies } from '../domain/condition.ts';
import { type FactName, facts, type Subject } from '../domain/fact.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { unknown } from './finding.ts';
import { happenedAfter, neverHappened } from './in-time.ts';
import { type Bound, changesIn, subjectsHit } from './observed.ts';
import { type LandedPass, windowAfter, worstOfPasses } from './passes.ts';
import { sitesOfNeeds } from './workload-after.ts';

/** What is asked. */
export interface DetectionOptions extends Bound {
  readonly fact: FactName;
  /** Narrows the subject; may be left out or given in part. */
  readonly where?: Subject;
  readonly after: string;
  readonly msMax: Ms;
  readonly name?: string;
}

/** `detection of stop-node by node.ready`; without `is`, `min`, `max` or `not` any change counts. Figure `detectionMs`. Throws an InputError for impossible arguments. */
export function detection(options: DetectionOptions): Objective {
  const { fact, after, msMax, name } = options;
  check('detection')
    .only(options, ['fact', 'where', 'is', 'min', 'max', 'not', 'after', 'msMax', 'name'])
    .given({ fact, after, msMax })
    .that(Object.hasOwn(facts, fact), `\`fact\` to be a known fact, got \`${fact}\``)
    .text('after', after)
    .ms('msMax', msMax)
    .text('name', name)
    .done();
  return {
    family: 'detection',
    name: name ?? `detection of ${after} by ${fact}`,
    expected: `≤ ${formatDuration(msMax)}`,
    needs: { faults: [after], slis: [], facts: [fact], ...sitesOfNeeds(options.where?.site), ...aboutOf(options) },
    evaluate: (run) => worstOfPasses(run, after, 'detectionMs', (pass) => evaluatePass(run, pass, options)),
  };
}

function evaluatePass(run: FoldedRun, pass: LandedPass, options: DetectionOptions): Finding {
  const { fact, where = {}, msMax } = options;
  const window = windowAfter(run, pass);
  const subjects = subjectsHit(run, fact, where, pass);
  if (subjects.length === 0) return unknown('not observed', `${fact} was never observed`, { window });
  const noticed = changesIn(run, fact, subjects, window).find((change) => fits(options, change.value));
  if (noticed === undefined) return neverHappened(window, msMax, `${fact} did not say so`);
  return happenedAfter(window, noticed.atMs, msMax, 'detectionMs', {
    because: `${fact} of ${Object.values(noticed.subject).join('/') || 'the platform'} became ${noticed.value}`,
    evidence: [noticed.n],
  });
}

function fits(options: DetectionOptions, value: Parameters<typeof satisfies>[1]): boolean {
  const { is, min, max, not } = options;
  if (is === undefined && min === undefined && max === undefined && not === undefined) return true;
  return satisfies({ ...options, subject: {} }, value);
}
