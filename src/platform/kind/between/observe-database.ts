/** One database as probes see it: whether it takes a write, whether it is a primary, and what has arrived in it. Apart from what follows for replications, which need several. */
import type { Ms } from '../../../base/clock.ts';
import type { Stop } from '../../../domain/event.ts';
import type { KindWorld } from '../world.ts';
import type { Database } from './database.ts';
import { closedSql } from './marks.ts';
import { everyWhile } from './pace.ts';
import { createGapWatch, type Teller } from './teller.ts';

/** How often a heartbeat is written and arrivals are read, ms: the resolution of lag and of a database's facts. */
const periodMs = 200;
/** A write that takes longer has failed, ms; so does one that waits for a peer that does not answer. A look has the same time. */
const limitMs = 2_000;

/** What a look at a database showed. */
export interface Arrivals {
  /** Newest heartbeat by the site that wrote it, ms of the run. */
  readonly beats: Readonly<Record<string, Ms>>;
  /** Position of each of our subscriptions' apply workers, by subscription. */
  readonly positions: Readonly<Record<string, string>>;
  readonly marks: ReadonlySet<string>;
}

/** What hears of a database. */
export interface DatabaseListener {
  /** It has committed a heartbeat with this stamp, ms of the run. */
  beat(stampMs: Ms): void;
  arrived(arrivals: Arrivals, nowMs: Ms): void;
}

/** Observes from now on. */
export function observeDatabase(
  world: KindWorld,
  database: Database,
  teller: Teller,
  listener: DatabaseListener,
): Stop {
  const { clock } = world;
  const { site, workload } = database.plan;
  const subject = { site, workload };
  const writer = database.session({ name: 'elevenproof-prober' });
  const reader = database.session({ name: 'elevenproof', privileged: true });
  const gap = createGapWatch(
    teller.publish,
    { observer: `database ${database.plan.key}`, site, facts: ['database.primary', 'data.converged'] },
    clock.now(),
  );
  const toMs = (epochMs: unknown) => Math.round(Number(epochMs)) - clock.epochMs;
  const writing = everyWhile(periodMs, async () => {
    const triedMs = clock.now();
    try {
      const [row] = await writer.query(beatSql, [site], limitMs);
      if (row === undefined) throw new Error('no row');
      listener.beat(toMs(row.at));
      teller.fact('database.writable', subject, true, clock.now());
    } catch {
      teller.fact('database.writable', subject, false, triedMs);
    }
  });
  const reading = everyWhile(periodMs, async () => {
    try {
      const [row] = await reader.query(lookSql, [], limitMs);
      const nowMs = clock.now();
      gap.answered(nowMs);
      const { beats, positions, marks, closed } = row!.look as Look;
      teller.fact('database.primary', subject, !closed, nowMs);
      const stamps = Object.entries(beats ?? {}).map(([from, at]) => [from, toMs(at)] as const);
      listener.arrived(
        { beats: Object.fromEntries(stamps), positions: positions ?? {}, marks: new Set(marks ?? []) },
        nowMs,
      );
    } catch {
      gap.silent(clock.now());
    }
  });
  return () => {
    writing();
    reading();
    writer.close();
    reader.close();
  };
}

const beatSql = `
  INSERT INTO heartbeat (site, at) VALUES ($1, clock_timestamp())
  ON CONFLICT (site) DO UPDATE SET at = excluded.at RETURNING extract(epoch FROM at) * 1000 AS at`;

/** As the query writes it; aggregates of nothing are null. */
interface Look {
  readonly beats: Readonly<Record<string, number>> | null;
  readonly positions: Readonly<Record<string, string>> | null;
  readonly marks: readonly string[] | null;
  readonly closed: boolean;
}

/** pg_replication_origin_status tells how far an apply worker has come (system view; origins of subscriptions are called `pg_` and their number). */
const lookSql = `
  SELECT json_build_object(
    'beats', (SELECT json_object_agg(site, extract(epoch FROM at) * 1000) FROM heartbeat),
    'positions', (SELECT json_object_agg(s.subname, o.remote_lsn) FROM pg_subscription s
      JOIN pg_replication_origin_status o ON o.external_id = 'pg_' || s.oid),
    'marks', (SELECT json_agg(name) FROM elevenproof.mark),
    'closed', ${closedSql}) AS look`;
