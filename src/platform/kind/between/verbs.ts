/** What verbs do to the pieces between the sites. Apart because it only translates: each act is done by the piece it concerns. */
import { OperatingError } from '../../../base/errors.ts';
import { difference, type RangeSet } from '../../../base/ranges.ts';
import type { Publish } from '../../../domain/event.ts';
import type { BetweenVerbs } from '../between-verbs.ts';
import type { KindWorld } from '../world.ts';
import type { AcceptedOrders } from './accepted-orders.ts';
import type { SiteRanges } from './audit-fold.ts';
import type { Balancer } from './balancer.ts';
import type { Batches } from './batches.ts';
import type { BetweenPorts } from './between.ts';
import type { Database } from './database.ts';
import type { Link } from './link.ts';
import type { BatchPlan, BetweenPlan } from './plan.ts';
import { readOrders } from './read-orders.ts';
import { findDatabase, type Streams } from './replication.ts';
import { sqlStateOf } from './session.ts';

/** The pieces. */
export interface VerbParts {
  readonly world: KindWorld;
  readonly plan: BetweenPlan;
  readonly databases: ReadonlyMap<string, Database>;
  readonly link: Link;
  readonly balancer: Balancer;
  readonly streams: Streams;
  readonly batches: Batches;
  readonly ports: BetweenPorts;
  readonly accepted: AcceptedOrders;
  /** By database: what was given up at its promotion. Filled here. */
  readonly writtenOff: Map<string, SiteRanges>;
  readonly tell: Publish;
}

/** Verbs over these pieces. */
export function createVerbs(parts: VerbParts): BetweenVerbs {
  const { link, balancer, streams, batches, plan, databases } = parts;
  const database = (site: string, workload: string) => findDatabase(databases, site, workload);
  const batchOf = (name: string): BatchPlan | undefined => plan.batches.find(({ replication }) => replication === name);
  const known = (name: string) => {
    if (batchOf(name) !== undefined || plan.streams.some(({ replication }) => replication === name)) return;
    const names = [...new Set([...plan.streams, ...plan.batches].map(({ replication }) => replication))];
    throw new OperatingError(`No replication ${name}. Replications: ${names.join(', ') || 'none'}`);
  };
  const eitherOf = <T>(name: string, ofBatch: (batch: BatchPlan) => Promise<T>, ofStream: () => Promise<T>) => {
    known(name);
    const batch = batchOf(name);
    return batch === undefined ? ofStream() : ofBatch(batch);
  };
  return {
    slowLink: (from, to, { delayMs }) => link.slow(from, to, delayMs),
    restoreLink: link.restore,
    linkState: link.state,
    setWeights: balancer.setWeights,
    restoreWeights: balancer.restoreWeights,
    weightsShifted: balancer.isMarked,
    weights: async () => {
      const stats = await balancer.stat();
      const sum = stats.reduce((all, { weight }) => all + weight, 0);
      return Object.fromEntries(stats.map(({ site, weight }) => [site, sum === 0 ? 0 : weight / sum]));
    },
    promote: (site, workload) => promote(parts, database(site, workload)),
    isPrimary: async (site, workload) => streams.isPrimary(database(site, workload)),
    fence: async (site, workload) => streams.fence(database(site, workload), true),
    unfence: async (site, workload) => streams.fence(database(site, workload), false),
    isWritable: async (site, workload) => isWritable(database(site, workload)),
    stallReplication: async (name) => eitherOf(name, batches.stall, () => streams.stall(name)),
    resumeReplication: async (name) => eitherOf(name, batches.resume, () => streams.resume(name)),
    syncReplication: async (name) =>
      eitherOf(name, batches.start, async () => {
        throw new OperatingError(`Replication ${name} is a stream: there is no batch to start`);
      }),
    replicationState: async (name) =>
      eitherOf(
        name,
        async (batch) => ({ applying: await batches.scheduled(batch), batches: await batches.completed(batch) }),
        async () => ({ applying: await streams.applying(name), batches: 0 }),
      ),
  };
}

/** A fresh session, as an application that starts now would have it. */
async function isWritable(database: Database): Promise<boolean> {
  const session = database.session({ name: 'elevenproof-prober' });
  try {
    await session.query('BEGIN');
    await session.query(`INSERT INTO heartbeat (site, at) VALUES ('-', now()) ON CONFLICT DO NOTHING`);
    return true;
  } catch (cause) {
    // read_only_sql_transaction; 57P03: it starts up or shuts down
    if (['25006', '57P03'].includes(sqlStateOf(cause) ?? '')) return false;
    throw cause;
  } finally {
    await session.query('ROLLBACK').catch(() => undefined);
    session.close();
  }
}

/** Promotes, then tells what the new primary lacked at that instant of what customers had been told. */
async function promote(
  { streams, ports, accepted, writtenOff, tell, world }: VerbParts,
  database: Database,
): Promise<void> {
  const { clock } = world;
  const { site, workload, key } = database.plan;
  const atMs = clock.now();
  const acknowledged = ports.acknowledged?.();
  const done = await streams.promote(database);
  if (done === undefined) return;
  const { held } = await readOrders(database);
  const seen = accepted.missing(held, atMs + clock.epochMs);
  const missing = acknowledged === undefined ? seen.orders : without(acknowledged, held);
  if (done.gaveUp) writtenOff.set(key, missing);
  const missingAgeMs = seen.oldestMs === undefined ? 0 : Math.max(0, atMs + clock.epochMs - seen.oldestMs);
  tell({ type: 'promotion', site, workload, missing, missingAgeMs: Math.round(missingAgeMs) }, atMs);
}

function without(a: SiteRanges, b: SiteRanges): SiteRanges {
  const left = Object.entries(a).map(([site, set]): [string, RangeSet] => [site, difference(set, b[site] ?? [])]);
  return Object.fromEntries(left.filter(([, set]) => set.length > 0));
}
