/**
 * How far a replication fell behind.
 *
 * Age of the oldest commit that had not arrived, over the whole load, while the story is in given states, or after a fault: its
 * maximum, or the age that was not exceeded for 99 % of the time. Each reading holds until the next.
 */
import type { Ms } from '../base/clock.ts';
import { formatClock, formatCount, formatDuration } from '../base/format.ts';
import { createHistogram } from '../base/histogram.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { describeNarrowed, hull, type Narrowed, type Span, spansOf } from './span.ts';

/** What is asked. */
export interface SyncLagOptions extends Narrowed {
  /** Name of the replication. */
  readonly of: string;
  readonly msMax: Ms;
  /** `max` by default. */
  readonly quantile?: 'max' | 'p99';
  readonly name?: string;
}

/** `sync lag of orders`: figures `lagMsMax`, `lagMsP99`, `lagRecordsMax`. Throws an InputError for impossible arguments. */
export function syncLag(options: SyncLagOptions): Objective {
  const { of, after, msMax, quantile = 'max', name } = options;
  check('sync-lag')
    .only(options, ['of', 'msMax', 'quantile', 'during', 'after', 'name'])
    .given({ of, msMax })
    .text('of', of)
    .text('after', after)
    .ms('msMax', msMax)
    .that(quantile === 'max' || quantile === 'p99', `\`quantile\` to be max or p99, got \`${quantile}\``)
    .done();
  return {
    family: 'sync-lag',
    name: name ?? `${quantile === 'max' ? '' : 'p99 '}sync lag of ${of}${describeNarrowed(options)}`,
    expected: `≤ ${formatDuration(msMax)}`,
    needs: {
      faults: after === undefined ? [] : [after],
      slis: ['data'],
      facts: ['replication.lag-s'],
      ...aboutOf({ replication: of, during: options.during }),
    },
    evaluate: (run) => evaluate(run, options),
  };
}

function evaluate(run: FoldedRun, options: SyncLagOptions): Finding {
  const spans = spansOf(run, options);
  if (!('length' in spans)) return spans;
  const window = hull(spans);
  const readings = readingsOf(run, options.of, spans);
  if (readings.length === 0) return unknown('not exercised', `replication ${options.of} was never read`, { window });
  const ages = createHistogram();
  for (const { ageMs, forMs } of readings) ages.add(ageMs, forMs);
  const worst = readings.reduce((a, b) => (b.ageMs > a.ageMs ? b : a));
  const figures = {
    lagMsMax: worst.ageMs,
    lagMsP99: ages.quantile(0.99),
    lagRecordsMax: readings.reduce((most, { records }) => Math.max(most, records), 0),
  };
  const lagMs = options.quantile === 'p99' ? figures.lagMsP99 : figures.lagMsMax;
  return finding(standingOf(lagMs <= options.msMax), formatDuration(lagMs), {
    because:
      worst.ageMs === 0 ? '' : `worst at ${formatClock(worst.atMs)}, ${formatCount(worst.records)} records behind`,
    window,
    figures,
    evidence: [worst.n],
  });
}

interface Reading {
  readonly n: number;
  readonly atMs: Ms;
  readonly ageMs: Ms;
  readonly records: number;
  readonly forMs: Ms;
}

/** What was read inside the spans, and how long it held there. */
function readingsOf(run: FoldedRun, replication: string, spans: readonly Span[]): readonly Reading[] {
  const events = run.data.filter((event) => event.lag[replication] !== undefined);
  return events.flatMap((event, i) => {
    const untilMs = events[i + 1]?.atMs ?? run.endMs;
    const { ageMs, records } = event.lag[replication]!;
    return spans
      .map((span) => Math.min(untilMs, span.toMs) - Math.max(event.atMs, span.fromMs))
      .filter((forMs) => forMs > 0)
      .map((forMs) => ({ n: event.n, atMs: event.atMs, ageMs, records, forMs }));
  });
}
