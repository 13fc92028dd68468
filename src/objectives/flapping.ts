/**
 * How often an autoscaler changed its mind.
 *
 * Changes of direction of the wanted replicas (up then down, or down then up), over the whole load, while the story is in given
 * states, or after a fault; of several sites the worst. An autoscaler that never moved was not exercised.
 */
import { formatCount } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { finding, unknown } from './finding.ts';
import { changesIn, type SubjectChange, subjectsOf } from './observed.ts';
import { describeNarrowed, hull, type Narrowed, spansOf } from './span.ts';
import { sitesOfNeeds } from './workload-after.ts';

/** What is asked. */
export interface FlappingOptions extends Narrowed {
  readonly workload: string;
  readonly site?: string;
  /** Changes of direction allowed; one peak that is followed down needs 1. */
  readonly changesMax: number;
  readonly name?: string;
}

/** `flapping of orders`: figures `directionChanges`, `scalings`. Throws an InputError for impossible arguments. */
export function flapping(options: FlappingOptions): Objective {
  const { workload, site, after, changesMax, name } = options;
  check('flapping')
    .only(options, ['workload', 'site', 'changesMax', 'during', 'after', 'name'])
    .given({ workload, changesMax })
    .text('workload', workload)
    .text('site', site)
    .text('after', after)
    .number('changesMax', changesMax)
    .done();
  return {
    family: 'flapping',
    name: name ?? `flapping of ${workload}${site === undefined ? '' : ` in ${site}`}${describeNarrowed(options)}`,
    expected: `≤ ${turnsWords(changesMax)}`,
    needs: {
      faults: after === undefined ? [] : [after],
      slis: ['autoscaling'],
      facts: ['autoscaler.wanted'],
      ...sitesOfNeeds(site),
      ...aboutOf(options),
    },
    evaluate: (run) => evaluate(run, options),
  };
}

function evaluate(run: FoldedRun, options: FlappingOptions): Finding {
  const spans = spansOf(run, options);
  if (!('length' in spans)) return spans;
  const { workload, site, changesMax } = options;
  const window = hull(spans);
  const scalings = subjectsOf(run, 'autoscaler.wanted', site === undefined ? { workload } : { workload, site }).map(
    (subject) => spans.flatMap((span) => changesIn(run, 'autoscaler.wanted', [subject], span)).filter(isScaling),
  );
  if (scalings.every((list) => list.length === 0))
    return unknown('not exercised', `nothing scaled ${workload}`, { window });
  const worst = scalings.reduce((a, b) => (turns(b) > turns(a) || a.length === 0 ? b : a));
  const directionChanges = turns(worst);
  const details = {
    because: `wanted ${[worst[0]!.before, ...worst.map(({ value }) => value)].slice(0, 12).join(' → ')}`,
    window,
    figures: { directionChanges, scalings: worst.length },
    evidence: worst.map(({ n }) => n),
  };
  const received = turnsWords(directionChanges);
  return directionChanges <= changesMax
    ? finding('met', received, details)
    : finding('missed', received, { ...details, definite: true });
}

function isScaling({ before, value }: SubjectChange): boolean {
  return typeof before === 'number' && typeof value === 'number' && before !== value;
}

function turns(scalings: readonly SubjectChange[]): number {
  const up = scalings.map(({ before, value }) => Number(value) > Number(before));
  return up.filter((direction, i) => i > 0 && direction !== up[i - 1]).length;
}

function turnsWords(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'turn' : 'turns'}`;
}
