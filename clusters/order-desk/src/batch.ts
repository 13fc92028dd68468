/** The batch: carries what was sold at one site to the other, everything that is missing there, as a whole or not at all. Runs once and ends. */
import { Client } from 'pg';
import schema from '../schema.sql';
import { databaseConfig } from './database.ts';

/** Rows per statement; PostgreSQL takes 65,535 parameters. */
const rowsPerStatement = 10_000;

interface Row {
  readonly pod: string;
  readonly at: string;
  readonly sold: number;
}

/** Copies from SOURCE_HOST to TARGET_HOST the rows of site SOURCE_SITE. Rejects when either end does not answer. */
export async function runBatch(env: NodeJS.ProcessEnv): Promise<void> {
  const site = env.SOURCE_SITE ?? '';
  const source = new Client(databaseConfig(env, 'SOURCE'));
  const target = new Client(databaseConfig(env, 'TARGET'));
  try {
    await Promise.all([source.connect(), target.connect()]);
    await target.query(schema);
    const count = await copy(source, target, site);
    console.log(JSON.stringify({ batch: 'done', site, rows: count }));
  } finally {
    await Promise.allSettled([source.end(), target.end()]);
  }
}

/** Times travel as texts: a Date would lose the microseconds that tell rows apart. */
async function copy(source: Client, target: Client, site: string): Promise<number> {
  const newest = 'SELECT pod, max(at)::text AS at FROM inventory WHERE site = $1 GROUP BY pod';
  const known = await target.query<{ pod: string; at: string }>(newest, [site]);
  const { rows } = await source.query<Row>(
    `SELECT i.pod, i.at::text AS at, i.sold FROM inventory i
       LEFT JOIN unnest($2::text[], $3::timestamptz[]) AS k(pod, at) ON k.pod = i.pod
      WHERE i.site = $1 AND (k.at IS NULL OR i.at > k.at) ORDER BY i.at`,
    [site, known.rows.map(({ pod }) => pod), known.rows.map(({ at }) => at)],
  );
  await target.query('BEGIN');
  for (let i = 0; i < rows.length; i += rowsPerStatement)
    await write(target, site, rows.slice(i, i + rowsPerStatement));
  await target.query('COMMIT');
  return rows.length;
}

async function write(target: Client, site: string, rows: readonly Row[]): Promise<void> {
  await target.query(
    `INSERT INTO inventory (site, pod, at, sold)
     SELECT $1, * FROM unnest($2::text[], $3::timestamptz[], $4::int[]) ON CONFLICT DO NOTHING`,
    [site, rows.map(({ pod }) => pod), rows.map(({ at }) => at), rows.map(({ sold }) => sold)],
  );
}
