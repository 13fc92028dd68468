/** Asks a database for the digests of its orders, second by second. Apart because it is the one place that knows how orders look in a table. */
import type { Database } from './database.ts';
import type { Tally } from './tally.ts';

const limitMs = 5_000;

/** Asks and lets the tally take it; false when the database did not answer. Rows without a key are counted once each id, for copies are another matter. */
export async function readBuckets(
  { own, plan }: Database,
  tally: Tally,
  sites: readonly string[],
  nowSecond: number,
  uniqueKey: boolean,
): Promise<boolean> {
  const since = Object.fromEntries(sites.map((site) => [site, tally.sinceSecond(plan.key, site, nowSecond)]));
  try {
    const rows = await own.query(uniqueKey ? keyedSql : keylessSql, [sites, sites.map((site) => since[site])], limitMs);
    const buckets = rows.map(({ site, second, count, hash }) => ({
      site: String(site),
      second: Number(second),
      count: Number(count),
      hash: String(hash),
    }));
    tally.take(plan.key, since, buckets);
    return true;
  } catch {
    return false;
  }
}

const since = `unnest($1::text[], $2::bigint[]) AS s(site, second) JOIN orders o ON o.site = s.site AND o.accepted_at >= to_timestamp(s.second)`;
const second = 'floor(extract(epoch FROM o.accepted_at))::bigint AS second';
const rowHash = 'hashtextextended(o.id || o.channel || o.amount, 0)';

const keyedSql = `SELECT o.site, ${second}, count(*) AS count, sum(${rowHash}) AS hash FROM ${since} GROUP BY 1, 2`;

const keylessSql = `
  SELECT o.site, ${second}, count(*) AS count, sum(${rowHash}) AS hash
    FROM (SELECT DISTINCT o.id, o.site, o.channel, o.amount, o.accepted_at FROM ${since}) o GROUP BY 1, 2`;
