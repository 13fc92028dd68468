/**
 * A workload keeps at least so many ready replicas.
 *
 * Over the whole load, while the story is in given states, or after a fault. One moment below is a definite miss.
 */
import { formatClock, formatDuration } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { finding, unknown } from './finding.ts';
import { heldSpans, subjectsOf, valueBefore } from './observed.ts';
import { describeNarrowed, hull, type Narrowed, spansOf } from './span.ts';
import { sitesOfNeeds } from './workload-after.ts';

/** What is asked. */
export interface NeverBelowOptions extends Narrowed {
  readonly workload: string;
  /** Absent: every site by itself. */
  readonly site?: string;
  readonly replicasMin: number;
  readonly name?: string;
}

/** `orders never below 3 in east`: figures `belowMs`, `leastReplicas`. Throws an InputError for impossible arguments. */
export function neverBelow(options: NeverBelowOptions): Objective {
  const { workload, site, after, replicasMin, name } = options;
  check('never-below')
    .only(options, ['workload', 'site', 'replicasMin', 'during', 'after', 'name'])
    .given({ workload, replicasMin })
    .text('workload', workload)
    .text('site', site)
    .text('after', after)
    .number('replicasMin', replicasMin, 1)
    .done();
  return {
    family: 'never-below',
    name:
      name ??
      `${workload} never below ${replicasMin}${site === undefined ? '' : ` in ${site}`}${describeNarrowed(options)}`,
    expected: `≥ ${replicasMin} ready`,
    needs: {
      faults: after === undefined ? [] : [after],
      slis: ['workloads'],
      facts: ['workload.ready'],
      ...sitesOfNeeds(site),
      ...aboutOf(options),
    },
    evaluate: (run) => evaluate(run, options),
  };
}

function evaluate(run: FoldedRun, options: NeverBelowOptions): Finding {
  const spans = spansOf(run, options);
  if (!('length' in spans)) return spans;
  const window = hull(spans);
  const { workload, site, replicasMin } = options;
  const subjects = subjectsOf(run, 'workload.ready', site === undefined ? { workload } : { workload, site });
  const known = subjects.filter((subject) => valueBefore(run, 'workload.ready', subject, window.toMs) !== undefined);
  if (known.length === 0) return unknown('not observed', `no replica of ${workload} was ever observed`, { window });
  const below = known.flatMap((subject) =>
    spans.flatMap((span) => heldSpans(run, { fact: 'workload.ready', subject, min: replicasMin, not: true }, span)),
  );
  const values = known.flatMap((subject) =>
    run.changes('workload.ready', subject).filter(({ n }) => below.some((b) => b.n === n)),
  );
  const least = Math.min(replicasMin, ...values.map(({ value }) => (typeof value === 'number' ? value : 0)));
  const belowMs = below.reduce((sum, span) => sum + span.toMs - span.fromMs, 0);
  const figures = { belowMs, leastReplicas: least };
  if (below.length === 0) return finding('met', `≥ ${replicasMin}`, { window, figures });
  return finding('missed', `${least} ready`, {
    because: `below for ${formatDuration(belowMs)}, first at ${formatClock(below[0]!.fromMs)}`,
    window,
    figures,
    evidence: below.map(({ n }) => n),
    definite: true,
  });
}
