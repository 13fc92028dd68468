/**
 * What a promoted database lacked at that instant, in records and in time (RPO).
 *
 * Records: orders acknowledged before the promotion that the new primary did not have. Time: the age of the oldest of them. Of
 * several promotions the worst counts. No promotion: not exercised. That the old primary comes back with them does not help:
 * they were missing when customers were served.
 */
import type { Ms } from '../base/clock.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import type { RunEventOf } from '../domain/event.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { finding, unknown } from './finding.ts';
import { countOrders, nameOrders } from './orders.ts';

/** What is asked: at least one bound. */
export interface RpoOptions {
  readonly recordsMax?: number;
  readonly msMax?: Ms;
  /** Only promotions in this site. */
  readonly site?: string;
  /** The operation that promotes, or the fault that makes it necessary: it must have landed. */
  readonly after?: string;
  readonly name?: string;
}

/** `RPO`: figures `rpoRecords`, `rpoMs`. Throws an InputError for impossible arguments. */
export function rpo(options: RpoOptions): Objective {
  const { recordsMax, msMax, site, after, name } = options;
  check('rpo')
    .only(options, ['recordsMax', 'msMax', 'site', 'after', 'name'])
    .that(recordsMax !== undefined || msMax !== undefined, '`recordsMax`, `msMax` or both')
    .number('recordsMax', recordsMax)
    .ms('msMax', msMax)
    .text('site', site)
    .text('after', after)
    .done();
  const bounds = [
    recordsMax === undefined ? undefined : `≤ ${formatCount(recordsMax)} records`,
    msMax === undefined ? undefined : `≤ ${formatDuration(msMax)}`,
  ];
  return {
    family: 'rpo',
    name: name ?? `RPO${site === undefined ? '' : ` of ${site}`}`,
    expected: bounds.filter((bound) => bound !== undefined).join(', '),
    needs: { faults: after === undefined ? [] : [after], slis: ['data'], ...aboutOf(options) },
    evaluate: (run) => evaluate(run, options),
  };
}

function evaluate(run: FoldedRun, options: RpoOptions): Finding {
  const promotions = run.promotions.filter(({ site }) => options.site === undefined || site === options.site);
  if (promotions.length === 0) return unknown('not exercised', 'no database was promoted');
  const worst = promotions.reduce((a, b) => (worse(b, a) ? b : a));
  const rpoRecords = countOrders(worst.missing);
  const rpoMs = worst.missingAgeMs;
  const kept = rpoRecords <= (options.recordsMax ?? Infinity) && rpoMs <= (options.msMax ?? Infinity);
  return finding(kept ? 'met' : 'missed', `${formatCount(rpoRecords)} records, ${formatDuration(rpoMs)}`, {
    because: rpoRecords === 0 ? `${worst.site}/${worst.workload} lacked nothing` : nameOrders(worst.missing),
    window: { fromMs: worst.atMs - rpoMs, toMs: worst.atMs },
    figures: { rpoRecords, rpoMs },
    evidence: promotions.map(({ n }) => n),
    ...(kept ? {} : { definite: true as const }),
  });
}

function worse(a: RunEventOf<'promotion'>, b: RunEventOf<'promotion'>): boolean {
  return (
    countOrders(a.missing) > countOrders(b.missing) ||
    (a.missingAgeMs > b.missingAgeMs && countOrders(a.missing) === countOrders(b.missing))
  );
}
