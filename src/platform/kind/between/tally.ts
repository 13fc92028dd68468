/** Whether two databases hold the same orders, from counts and sums of hashes per site and second. Apart because it is pure, and because comparing digests of what changed costs the same at any size of the tables. */
import type { Ms } from '../../../base/clock.ts';

/** Digest of the orders that one site accepted in one second. */
export interface Bucket {
  readonly site: string;
  /** The second, counted from 1970. */
  readonly second: number;
  readonly count: number;
  /** Sum of the rows' hashes; a text, for it outgrows a number. */
  readonly hash: string;
}

/** Orders that one database has and the other has not. */
export interface Missing {
  readonly records: number;
  /** Begin of the oldest second that has such, ms since 1970; undefined: none has. */
  readonly oldestMs: Ms | undefined;
}

/** What is known of the digests of two databases that should hold the same. */
export interface Tally {
  /** From which second on a database must be asked for the orders that a site accepted. */
  sinceSecond(database: string, site: string, nowSecond: number): number;
  /** What it answered when asked since these seconds. */
  take(database: string, since: Readonly<Record<string, number>>, buckets: readonly Bucket[]): void;
  /** Orders that `from` holds and `to` lacks, by count. */
  missing(from: string, to: string): Missing;
  /** Both hold the same in every second that ended before `untilMs` (ms since 1970). */
  same(a: string, b: string, untilMs: Ms): boolean;
}

/** A transaction may commit this long after it stamped its order: until then its second may still grow at the site that accepts, s. Statements are given up before. */
const openSeconds = 10;

/** `databases`: the ones to compare, each with the site whose orders it accepts itself. */
export function createTally(databases: readonly { readonly key: string; readonly site: string }[]): Tally {
  const held = new Map(databases.map(({ key }) => [key, new Map<string, Bucket>()]));
  const siteOf = new Map(databases.map(({ key, site }) => [key, site]));
  /** Second before which all databases agree on a site's orders. */
  const settled = new Map<string, number>();
  const keyOf = (site: string, second: number) => `${site}|${second}`;
  const agreed = (key: string) => {
    const all = [...held.values()].map((buckets) => buckets.get(key));
    return all.every((bucket) => bucket?.count === all[0]?.count && bucket?.hash === all[0]?.hash);
  };
  const settle = (site: string, nowSecond: number) => {
    const seconds = [...held.values()]
      .flatMap((buckets) => [...buckets.values()])
      .filter((bucket) => bucket.site === site && !agreed(keyOf(site, bucket.second)))
      .map(({ second }) => second);
    settled.set(site, Math.min(nowSecond - openSeconds, ...seconds));
  };
  const differing = (a: string, b: string) => {
    const [left, right] = [held.get(a)!, held.get(b)!];
    return [...new Set([...left.keys(), ...right.keys()])]
      .map((key) => ({ key, left: left.get(key), right: right.get(key) }))
      .filter((each) => each.left?.count !== each.right?.count || each.left?.hash !== each.right?.hash);
  };
  return {
    sinceSecond: (database, site, nowSecond) => {
      settle(site, nowSecond);
      const recent = nowSecond - openSeconds;
      return siteOf.get(database) === site ? recent : Math.min(recent, settled.get(site)!);
    },
    take: (database, since, buckets) => {
      const own = held.get(database)!;
      for (const [key, bucket] of own) {
        const from = since[bucket.site];
        if (from !== undefined && bucket.second >= from) own.delete(key);
      }
      for (const bucket of buckets) own.set(keyOf(bucket.site, bucket.second), bucket);
      // Below this second everybody agrees and nobody asks again.
      for (const each of held.values())
        for (const [key, { site, second }] of each)
          if (second < (settled.get(site) ?? Number.NEGATIVE_INFINITY)) each.delete(key);
    },
    missing: (from, to) => {
      const short = differing(from, to).filter(({ left, right }) => (left?.count ?? 0) > (right?.count ?? 0));
      const records = short.reduce((sum, { left, right }) => sum + left!.count - (right?.count ?? 0), 0);
      const seconds = short.map(({ left }) => left!.second);
      return { records, oldestMs: seconds.length === 0 ? undefined : Math.min(...seconds) * 1_000 };
    },
    same: (a, b, untilMs) =>
      differing(a, b).every(({ left, right }) => ((left ?? right)!.second + 1) * 1_000 > untilMs),
  };
}
