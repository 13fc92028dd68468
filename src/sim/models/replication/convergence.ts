/** Whether both sites hold the same orders, what is on its way aside. Apart because it looks at databases, whatever flows between them: with nothing between them they part. */
import type { Ms } from '../../../base/clock.ts';
import type { Batch } from './batch.ts';
import type { Database } from './database.ts';
import { isEmpty, type SiteRanges, without } from './site-orders.ts';
import { caughtUpWithinMs } from './stream.ts';
import type { StreamPair } from './stream-pair.ts';

/** What brings orders from one database to another. */
export interface Carrier {
  readonly from: Database;
  readonly to: Database;
  readonly stream: StreamPair | undefined;
  readonly batch: Batch;
}

/** Databases that should hold the same: those that a replication joins, and those of one name in different sites. Virtual databases only when a replication names them. */
export function counterparts(
  named: readonly Database[],
  carriers: readonly Carrier[],
): readonly (readonly [Database, Database])[] {
  const joined = (a: Database, b: Database) =>
    carriers.some(({ from, to }) => (from === a && to === b) || (from === b && to === a));
  return named.flatMap((a, i) =>
    named
      .slice(i + 1)
      .filter((b) => joined(a, b) || (a.workload === b.workload && a.site !== b.site))
      .map((b) => [a, b] as const),
  );
}

/**
 * Every order of `from` is in `to`, but for those on their way: on a stream what is younger than a second (or two delays), with only a batch what came after the start
 * of its newest run, with nothing what is younger than a second. `oldestMs` gives the commit time of the oldest order of a set.
 */
export function holdsAll(
  from: Database,
  to: Database,
  carriers: readonly Carrier[],
  nowMs: Ms,
  oldestMs: (orders: SiteRanges) => Ms,
): boolean {
  const missing = without(from.held.live(), to.held.live());
  if (isEmpty(missing)) return true;
  for (const { stream } of carriers) {
    const onTheWay = stream?.ends.includes(to) ? stream.inFlight(from) : undefined;
    if (onTheWay !== undefined) return isEmpty(without(missing, onTheWay));
  }
  const batch = carriers.find((each) => each.stream === undefined && each.from === from && each.to === to)?.batch;
  return oldestMs(missing) >= (batch === undefined ? nowMs - caughtUpWithinMs : batch.dueMs());
}
