/** Replication of a pair as an operator handles it: set up, stalled, resumed, turned round by a promotion. Apart from observation, which only looks. */
import { OperatingError } from '../../../base/errors.ts';
import type { KindWorld } from '../world.ts';
import type { Database } from './database.ts';
import { specOf } from './directions.ts';
import { clearMark, closedSql, makeMarks, obeyMarks, readMarks, setMark } from './marks.ts';
import { type BetweenPlan, type DatabasePlan, planStream, type StreamPlan } from './plan.ts';
import {
  makeSource,
  makeSubscription,
  prepareTables,
  removeSources,
  removeStreams,
  waitForPeers,
} from './stream-setup.ts';

/** Streams of a pair. */
export interface Streams {
  /** From nothing, whatever was there: empty tables, streams as the topology says. */
  setUp(signal: AbortSignal): Promise<void>;
  stall(name: string): Promise<void>;
  resume(name: string): Promise<void>;
  /** Every apply worker of it is enabled. */
  applying(name: string): Promise<boolean>;
  /** Makes a database take writes. Tells which one-way streams it ended; undefined when it takes writes already and nothing was done. */
  promote(database: Database): Promise<{ readonly gaveUp: boolean } | undefined>;
  /** Sets up what a promoted database sends back, once the other end answers. */
  turn(promoted: ReadonlySet<string>): Promise<void>;
  isPrimary(database: Database): Promise<boolean>;
  fence(database: Database, on: boolean): Promise<void>;
}

/** The streams of a plan. */
export function createStreams(
  { topology, ground }: KindWorld,
  plan: BetweenPlan,
  databases: ReadonlyMap<string, Database>,
): Streams {
  const of = ({ key }: DatabasePlan) => databases.get(key)!;
  const all = [...databases.values()];
  const named = (name: string) => plan.streams.filter(({ replication }) => replication === name);
  const subscribe = (stream: StreamPlan) =>
    makeSubscription(of(stream.to), of(stream.from), stream, ground.link.address);
  const each = <T>(items: readonly T[], work: (item: T) => Promise<void>) => Promise.all(items.map(work));
  const turned = new Set<string>();
  const reversedTo = (database: DatabasePlan) =>
    plan.streams
      .filter(({ to, replication }) => to === database && !specOf(topology, replication).bothWays)
      .map((stream) => planStream(specOf(topology, stream.replication), stream.to, stream.from));
  return {
    setUp: async (signal) => {
      // Else what follows would wait for peers that it takes away.
      await each(all, (database) => waitForPeers(database, []));
      await each(all, removeStreams);
      await each(all, removeSources);
      await each(all, (database) => prepareTables(database, plan, signal));
      await each(plan.streams, (stream) => makeSource(of(stream.from), stream));
      await each(plan.streams, subscribe);
      await each(all, (database) =>
        waitForPeers(
          database,
          plan.streams.filter(({ from, synchronous }) => synchronous && from === database.plan),
        ),
      );
    },
    stall: async (name) => {
      for (const { to, subscription } of named(name)) {
        const { own } = of(to);
        await setMark(own, `stalled:${name}`);
        await own.query(`ALTER SUBSCRIPTION ${subscription} DISABLE`);
      }
    },
    resume: async (name) => {
      for (const { to, subscription } of named(name)) {
        const { own } = of(to);
        if (!(await readMarks(own)).has(`stalled:${name}`)) continue;
        await own.query(`ALTER SUBSCRIPTION ${subscription} ENABLE`);
        await clearMark(own, `stalled:${name}`);
      }
    },
    applying: async (name) => {
      const states = await Promise.all(
        named(name).map(async ({ to, subscription }) => {
          const rows = await of(to).own.query('SELECT subenabled FROM pg_subscription WHERE subname = $1', [
            subscription,
          ]);
          return rows[0]?.subenabled === true;
        }),
      );
      return states.every(Boolean);
    },
    isPrimary: async ({ own }) => {
      const [row] = await own.query(`SELECT NOT ${closedSql} AS open`);
      return row?.open === true;
    },
    fence: async ({ own }, on) => {
      await makeMarks(own);
      if (on) await setMark(own, 'fence');
      else if (!(await clearMark(own, 'fence'))) return;
      await obeyMarks(own);
    },
    promote: async (database) => {
      const { own } = database;
      const [row] = await own.query('SELECT pg_is_in_recovery() AS recovering');
      if (row?.recovering === true) {
        await own.query('SELECT pg_promote(false)');
        return { gaveUp: true };
      }
      await makeMarks(own);
      const marks = await readMarks(own);
      if (marks.has('promoted')) return undefined;
      const back = reversedTo(database.plan);
      const bothWays = plan.streams.filter(({ from }) => from === database.plan);
      if (back.length === 0 && bothWays.length === 0 && !marks.has('standby')) return undefined;
      if (back.length > 0) await removeStreams(database);
      for (const stream of back) await makeSource(database, stream);
      // Nobody else is to be waited for: what was promoted goes on alone.
      if (bothWays.some(({ synchronous }) => synchronous)) await waitForPeers(database, []);
      if (back.length > 0) await setMark(own, 'promoted');
      await clearMark(own, 'standby');
      await obeyMarks(own);
      return { gaveUp: back.length > 0 || marks.has('standby') };
    },
    turn: async (promoted) => {
      for (const key of promoted) {
        const database = databases.get(key)!;
        for (const stream of reversedTo(database.plan)) {
          if (turned.has(stream.slot)) continue;
          await removeSources(of(stream.to));
          await subscribe(stream);
          turned.add(stream.slot);
        }
      }
    },
  };
}

/** Names a database of the topology; throws an OperatingError with those there are. */
export function findDatabase(databases: ReadonlyMap<string, Database>, site: string, workload: string): Database {
  const found = databases.get(`${site}/${workload}`);
  if (found !== undefined) return found;
  throw new OperatingError(`No database ${site}/${workload}. Databases: ${[...databases.keys()].join(', ') || 'none'}`);
}
