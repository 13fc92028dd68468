/** A real-time replication between two databases: one direction or both, with or without origin filter, synchronous or not, and what becomes of it at a promotion. */
import type { Ms } from '../../../base/clock.ts';
import type { Replication } from '../../../domain/between-sites.ts';
import type { Kernel } from '../../kernel.ts';
import { conflictingRows } from './conflicts.ts';
import { applyOrders, type Database } from './database.ts';
import { common, isEmpty, mergeAll, type SiteRanges, without } from './site-orders.ts';
import { caughtUpWithinMs, createStream, type Path, type Segment, type Stream } from './stream.ts';

/** What a pair asks of its surroundings. */
export interface PairPort {
  path(from: Database, to: Database): Path;
  writable(database: Database): boolean;
  /** Changes that came by replication have been applied; whoever has no origin filter sends them on. */
  passOn(database: Database, segment: Segment): void;
  changed(): void;
}

/** A streaming replication. */
export interface StreamPair {
  readonly ends: readonly [Database, Database];
  readonly bothWays: boolean;
  /** Sends a commit, or applies it at once at a peer that is synchronous. */
  commit(database: Database, segment: Segment): void;
  passOn(database: Database, segment: Segment): void;
  advance(): boolean;
  refresh(): void;
  setStalled(on: boolean): void;
  /** What this database has not sent yet is gone. */
  forget(database: Database): void;
  /** A one-way pair sends from this database now. */
  leads(database: Database): boolean;
  /** Makes `database` the side that sends. */
  promote(database: Database): void;
  /** A commit of this database would wait for a peer that does not answer. */
  waitsForPeer(database: Database): boolean;
  /** One way from this database to the other, ms; 0 when nothing is sent that way. */
  delayMs(database: Database): number;
  /** Round trip that a commit of this database adds, ms. */
  commitMs(database: Database): number;
  lag(): { readonly records: number; readonly ageMs: Ms };
  stalled(): boolean;
  caughtUp(): boolean;
  /** After a promotion of a one-way pair both ends take writes, whatever passes between them. */
  split(): boolean;
  /** Orders that have had no time to arrive from this database; undefined when nothing flows from it. */
  inFlight(database: Database): SiteRanges | undefined;
  conflicts(): number;
}

interface Direction {
  readonly from: Database;
  readonly to: Database;
  readonly stream: Stream;
  /** Commits of `from` wait for `to`. */
  synchronous: boolean;
}

/** A pair as the topology describes it. A one-way pair has a second direction that takes over when its target is promoted. */
export function createStreamPair(
  kernel: Kernel,
  spec: Extract<Replication, { mode: 'stream' }>,
  ends: readonly [Database, Database],
  port: PairPort,
): StreamPair {
  const apart = new Map<Database, number>();
  let closedConflicts = 0;
  let switched = false;
  const loops = spec.bothWays && !spec.originFilter;
  const keyed = spec.uniqueKey ?? true;
  const direction = (from: Database, to: Database, active: boolean): Direction => {
    const deliver = (segment: Segment, arrivedMs: Ms) => {
      applyOrders(to, segment.orders, loops);
      if (loops) port.passOn(to, { ...segment, atMs: arrivedMs, passedOnMs: arrivedMs });
    };
    /** logical-replication.sgml: insert_exists is an error that stops the apply worker. What a batch has brought is skipped. */
    const refuses = ({ orders, passedOnMs }: Segment) =>
      keyed && passedOnMs !== undefined && !isEmpty(common(orders, to.held.live()));
    const stream = createStream(kernel, { deliver, refuses, changed: () => settle() }, active);
    return { from, to, stream, synchronous: spec.synchronous };
  };
  const forward = direction(ends[0], ends[1], true);
  const reverse = direction(ends[1], ends[0], spec.bothWays);
  const both = [forward, reverse];
  const active = () => both.filter((each) => each.stream.active);
  const writesApart = () => (spec.bothWays ? !both.every((each) => each.stream.flowing) : switched);
  const closeWindow = () => {
    closedConflicts += conflictingRows(apart.get(ends[0]) ?? 0, apart.get(ends[1]) ?? 0);
    apart.clear();
  };
  const settle = () => {
    if (!writesApart()) closeWindow();
    for (const each of active())
      if (spec.synchronous && spec.bothWays && each.stream.flowing && each.stream.caughtUp()) each.synchronous = true;
    port.changed();
  };
  const refresh = () => {
    for (const each of both) {
      each.stream.advance();
      each.stream.setPath(port.path(each.from, each.to));
    }
  };
  const turn = (to: Direction, from: Direction) => {
    closeWindow();
    switched = true;
    from.stream.setActive(false);
    to.stream.setActive(true);
    to.synchronous = false;
    const orders = without(to.from.held.live(), to.to.held.live());
    if (!isEmpty(orders)) to.stream.push(segmentOf(orders, kernel.now()));
  };
  return {
    ends,
    bothWays: spec.bothWays,
    refresh,
    advance: () => {
      const forth = forward.stream.advance();
      return reverse.stream.advance() || forth;
    },
    commit: (database, segment) => {
      if (writesApart()) apart.set(database, (apart.get(database) ?? 0) + segment.count);
      for (const each of active())
        if (each.from === database) {
          if (!each.synchronous) each.stream.push(segment);
          else {
            applyOrders(each.to, segment.orders, false);
            if (loops) port.passOn(each.to, { ...segment, passedOnMs: segment.atMs });
          }
        }
    },
    passOn: (database, segment) => {
      if (loops) for (const each of active()) if (each.from === database) each.stream.push(segment);
    },
    setStalled: (on) => {
      for (const each of both) {
        each.stream.advance();
        each.stream.setStalled(on);
      }
      settle();
    },
    forget: (database) => {
      for (const each of both) if (each.from === database) each.stream.forget();
    },
    leads: (database) => !spec.bothWays && both.some((each) => each.from === database && each.stream.active),
    promote: (database) => {
      const to = both.find((each) => each.from === database)!;
      const from = both.find((each) => each.from !== database)!;
      if (!spec.bothWays && !to.stream.active) turn(to, from);
      else if (!to.stream.flowing) to.synchronous = false;
    },
    waitsForPeer: (database) =>
      spec.synchronous &&
      both.some((each) => each.stream.active && each.from === database && each.synchronous && !each.stream.flowing),
    delayMs: (database) => {
      for (const each of both) if (each.stream.active && each.from === database) return each.stream.path.delayMs;
      return 0;
    },
    commitMs: (database) =>
      active()
        .filter((each) => each.from === database && each.synchronous)
        .reduce((most, each) => Math.max(most, 2 * each.stream.path.delayMs), 0),
    lag: () => {
      let records = 0;
      let ageMs = 0;
      for (const { stream } of both) {
        if (!stream.active) continue;
        const lag = stream.lag();
        records += lag.records;
        ageMs = Math.max(ageMs, lag.ageMs);
      }
      return { records, ageMs };
    },
    stalled: () => active().some((each) => each.stream.stalled()),
    caughtUp: () => active().every((each) => each.stream.caughtUp()),
    split: () => !spec.bothWays && switched && ends.every(port.writable),
    inFlight: (database) => {
      const from = active().find((each) => each.from === database);
      return from === undefined ? undefined : inFlight(from.stream, kernel.now());
    },
    conflicts: () => closedConflicts + conflictingRows(apart.get(ends[0]) ?? 0, apart.get(ends[1]) ?? 0),
  };
}

function inFlight(stream: Stream, nowMs: Ms): SiteRanges {
  const sinceMs = nowMs - Math.max(caughtUpWithinMs, 2 * stream.path.delayMs);
  return mergeAll(stream.waitingSince(sinceMs).map((segment) => segment.orders));
}

function segmentOf(orders: SiteRanges, atMs: Ms): Segment {
  const count = Object.values(orders).reduce((sum, set) => set.reduce((all, [from, to]) => all + to - from, sum), 0);
  return { atMs, orders, count };
}
