/** Facts about replications and about data on both sides, and the `data` events that objectives on data need. Apart from the single databases because everything here needs two of them. */
import type { Ms } from '../../../base/clock.ts';
import type { DataState, Stop } from '../../../domain/event.ts';
import type { KindWorld } from '../world.ts';
import type { BatchRuns } from './batch-job.ts';
import type { BatchWatch } from './batch-watch.ts';
import { type Beats, createBeats } from './beats.ts';
import type { Database } from './database.ts';
import { counterparts, specOf, streamsNow } from './directions.ts';
import { type Arrivals, observeDatabase } from './observe-database.ts';
import { everyWhile } from './pace.ts';
import type { BatchPlan, BetweenPlan, DatabasePlan } from './plan.ts';
import { readBuckets } from './read-buckets.ts';
import { createTally, type Tally } from './tally.ts';
import type { Teller } from './teller.ts';

/** How often replications are judged from what was heard, ms. */
const judgeMs = 200;
/** How often both sides' orders are compared, ms. */
const compareMs = 1_000;
/** What is younger has had no time to arrive, ms. */
const onTheWayMs = 1_000;

/** What observing data needs. */
export interface DataSources {
  readonly world: KindWorld;
  readonly plan: BetweenPlan;
  readonly databases: ReadonlyMap<string, Database>;
  readonly batches: BatchWatch;
  /** A database was promoted, here or by an earlier process: what it now sends has to be set up. */
  readonly turned: (promoted: ReadonlySet<string>) => void;
}

/** Observes from now on. */
export function observeData({ world, plan, databases, batches, turned }: DataSources, teller: Teller): Stop {
  const { clock, topology } = world;
  const beats = new Map<string, Beats>();
  const beatsOf = (from: DatabasePlan, to: DatabasePlan) => {
    const key = `${from.key}>${to.key}`;
    const found = beats.get(key) ?? createBeats();
    beats.set(key, found);
    return found;
  };
  const arrivals = new Map<string, Arrivals>();
  const promoted = () => new Set([...arrivals].filter(([, { marks }]) => marks.has('promoted')).map(([key]) => key));
  const flows = () => streamsNow(topology, plan, promoted());
  const stops = [...databases.values()].map((database) =>
    observeDatabase(world, database, teller, {
      beat: (stampMs) => {
        for (const { from, to } of flows()) if (from === database.plan) beatsOf(from, to).sent(stampMs);
      },
      arrived: (look, nowMs) => {
        arrivals.set(database.plan.key, look);
        for (const { from, to, subscription } of flows())
          if (to === database.plan)
            beatsOf(from, to).seen(look.beats[from.site], look.positions[subscription] ?? '', nowMs);
      },
    }),
  );
  const pairs = counterparts(plan).map(([a, b]) => ({ a, b, tally: createTally([a, b]), apart: 0, compared: false }));
  const tallyOf = (a: DatabasePlan, b: DatabasePlan): Tally | undefined =>
    pairs.find((pair) => (pair.a === a && pair.b === b) || (pair.a === b && pair.b === a))?.tally;
  const streamLag = (name: string, nowMs: Ms) => {
    const ways = flows().filter((flow) => flow.replication === name);
    const ages = ways.map(({ from, to }) => beatsOf(from, to).ageMs(nowMs));
    const records = ways.map(({ from, to }) => tallyOf(from, to)?.missing(from.key, to.key).records ?? 0);
    return { records: records.reduce((sum, each) => sum + each, 0), ageMs: Math.max(0, ...ages) };
  };
  const batchLag = ({ from, to }: BatchPlan, nowMs: Ms) => {
    const missing = tallyOf(from, to)?.missing(from.key, to.key);
    if (missing?.oldestMs === undefined) return { records: 0, ageMs: 0 };
    const ageMs = Math.max(0, nowMs + clock.epochMs - missing.oldestMs);
    // Where a stream brings them as well, it knows to a heartbeat what the digests know to a second.
    const streamed = flows().find((flow) => flow.from === from && flow.to === to);
    const beaten = streamed === undefined ? ageMs : beatsOf(from, to).ageMs(nowMs);
    return { records: missing.records, ageMs: Math.min(ageMs, beaten) };
  };
  const lagOf = (name: string, nowMs: Ms) => {
    const batch = plan.batches.find(({ replication }) => replication === name);
    return batch === undefined ? streamLag(name, nowMs) : batchLag(batch, nowMs);
  };
  const judge = async () => {
    const nowMs = clock.now();
    for (const { name, mode } of topology.replication) {
      const subject = { replication: name };
      teller.fact('replication.lag-s', subject, coarse(lagOf(name, nowMs).ageMs), nowMs);
      if (mode === 'batch') {
        tellBatch(teller, name, batches.runs(name), batches.missed(name), nowMs);
        continue;
      }
      const ways = flows()
        .filter((flow) => flow.replication === name)
        .map(({ from, to }) => beatsOf(from, to));
      teller.fact(
        'replication.stalled',
        subject,
        ways.some((way) => way.stalled(nowMs)),
        nowMs,
      );
      teller.fact(
        'replication.caught-up',
        subject,
        ways.every((way) => way.caughtUp(nowMs)),
        nowMs,
      );
      teller.fact('replication.batch', subject, batches.runs(name)?.completed ?? 0, nowMs);
    }
    tellSplit(plan, world, promoted(), teller, nowMs);
    turned(promoted());
  };
  let shown = '';
  const compare = async () => {
    for (const pair of pairs) {
      const nowSecond = Math.floor((clock.now() + clock.epochMs) / 1_000);
      const askedMs = clock.now() + clock.epochMs;
      const both = [databases.get(pair.a.key)!, databases.get(pair.b.key)!];
      const sites = topology.sites.map(({ name }) => name);
      const answered = await Promise.all(
        both.map((each) => readBuckets(each, pair.tally, sites, nowSecond, plan.uniqueKey)),
      );
      pair.compared = answered.every(Boolean);
      if (!pair.compared) continue;
      const untilMs = bornBefore(plan, pair, batches, askedMs);
      pair.apart = pair.tally.same(pair.a.key, pair.b.key, untilMs) ? 0 : pair.apart + 1;
    }
    const nowMs = clock.now();
    // One look that differs may have met a slow commit; two do not.
    if (pairs.length > 0 && pairs.every(({ compared, apart }) => compared && apart !== 1))
      teller.fact(
        'data.converged',
        {},
        pairs.every(({ apart }) => apart === 0),
        nowMs,
      );
    const lag: DataState['lag'] = Object.fromEntries(
      topology.replication.map(({ name }) => [name, lagOf(name, nowMs)]),
    );
    const now = JSON.stringify(lag);
    if (now !== shown) teller.publish({ type: 'data', acknowledged: {}, indeterminate: {}, lag }, nowMs);
    shown = now;
  };
  stops.push(everyWhile(judgeMs, judge), everyWhile(compareMs, compare));
  return () => {
    for (const stop of stops) stop();
  };
}

/** A scheduled run that a suspension of ours kept from starting counts as failed: nothing came when it should have. */
function tellBatch(teller: Teller, name: string, runs: BatchRuns | undefined, missed: boolean, nowMs: Ms): void {
  if (runs === undefined) return;
  const subject = { replication: name };
  teller.fact('replication.batch', subject, runs.completed, nowMs);
  teller.fact('replication.stalled', subject, runs.failed || missed, nowMs);
  teller.fact('replication.caught-up', subject, !runs.running && !runs.failed && !missed, nowMs);
}

/** Both ends take writes while nothing passes; or an end was promoted and the other one still takes them. */
function tellSplit(
  plan: BetweenPlan,
  { topology }: KindWorld,
  promoted: ReadonlySet<string>,
  teller: Teller,
  nowMs: Ms,
): void {
  if (topology.sites.length < 2) return;
  const writable = ({ site, workload }: DatabasePlan) => teller.last('database.writable', { site, workload }) === true;
  const parted = teller.last('link.up', {}) === false;
  const split =
    counterparts(plan).some(([a, b]) => parted && writable(a) && writable(b)) ||
    plan.streams.some(
      ({ replication, from, to }) =>
        !specOf(topology, replication).bothWays && promoted.has(to.key) && writable(from) && writable(to),
    );
  teller.fact('data.split', {}, split, nowMs);
}

/** Orders before this moment (ms since 1970) should be at both sites: with only a batch between them those before its newest run, else those that had a second to arrive. */
function bornBefore(
  plan: BetweenPlan,
  { a, b }: { readonly a: DatabasePlan; readonly b: DatabasePlan },
  batches: BatchWatch,
  nowMs: Ms,
): Ms {
  const joins = ({ from, to }: { readonly from: DatabasePlan; readonly to: DatabasePlan }) =>
    (from === a && to === b) || (from === b && to === a);
  const batch = plan.batches.filter(joins);
  if (plan.streams.some(joins) || batch.length === 0) return nowMs - onTheWayMs;
  return Math.min(...batch.map(({ replication }) => batches.runs(replication)?.dueMs ?? 0));
}

/** Whole seconds below 10 s, steps of 5 s above: a growing lag must not fill the timeline. */
function coarse(ageMs: Ms): number {
  const seconds = Math.floor(ageMs / 1_000);
  return seconds < 10 ? seconds : Math.floor(seconds / 5) * 5;
}
