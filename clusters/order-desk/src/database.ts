/** The site's database, as the order service uses it. Apart because here it is decided what a lost connection means: before the statement was sent nothing was done, after that nobody knows. */
import { type ClientConfig, DatabaseError, Pool, type PoolClient } from 'pg';
import schema from '../schema.sql';
import type { Order } from './order.ts';

/** What became of an order: taken now, taken before, surely not taken, or not known. */
export type Taken =
  | { readonly outcome: 'new' | 'known'; readonly pod: string }
  | { readonly outcome: 'failed' }
  | { readonly outcome: 'open' };

/** A database. */
export interface Database {
  take(order: Order): Promise<Taken>;
  /** Adds to what this pod sold. */
  sell(count: number): Promise<void>;
  /** Makes the tables; tried again until it works or `signal` aborts. */
  prepare(signal: AbortSignal): Promise<void>;
  /** It answers within a second. */
  answers(): Promise<boolean>;
  close(): Promise<void>;
}

/** A statement that takes longer has lost its database; the connection is given up, ms. */
const statementMsMax = 5_000;
const connectMsMax = 2_000;
const answerMsMax = 1_000;

/** What is being undone with the connection when it comes: whether the commit is in is not known (PostgreSQL, appendix A: class 57P and 08). */
const openCodes = /^(?:57P0[12]|08)/;

/** Where the environment says that the database is. */
export function databaseConfig(env: Readonly<Record<string, string | undefined>>, name = 'DATABASE'): ClientConfig {
  return {
    host: env[`${name}_HOST`] ?? 'postgres',
    port: Number(env[`${name}_PORT`] ?? 5432),
    user: env[`${name}_USER`] ?? 'postgres',
    password: env[`${name}_PASSWORD`] ?? env.DATABASE_PASSWORD ?? '',
    database: env[`${name}_NAME`] ?? 'orders',
    connectionTimeoutMillis: connectMsMax,
    query_timeout: statementMsMax,
    keepAlive: true,
  };
}

/** A database that is not connected yet. */
export function createDatabase(
  config: ClientConfig,
  { site, pod, connections }: { readonly site: string; readonly pod: string; readonly connections: number },
): Database {
  const pool = new Pool({ ...config, max: connections, idleTimeoutMillis: 0 });
  const probe = new Pool({
    ...config,
    max: 1,
    connectionTimeoutMillis: answerMsMax,
    query_timeout: answerMsMax,
    idleTimeoutMillis: 0,
  });
  for (const each of [pool, probe]) ignoreBreaks(each);
  return {
    take: (order) => take(pool, order, site, pod),
    sell: async (count) => {
      await pool.query('INSERT INTO inventory (site, pod, sold) VALUES ($1, $2, $3)', [site, pod, count]);
    },
    prepare: async (signal) => {
      while (!signal.aborted && !(await makeTables(probe, config))) await new Promise((next) => setTimeout(next, 500));
    },
    answers: () =>
      probe.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    close: async () => {
      await Promise.all([pool.end(), probe.end()]);
    },
  };
}

/** A connection that breaks is no news, idle or in use: whoever uses it finds out. Unheard it would end the process. */
function ignoreBreaks(pool: Pool): void {
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.on('error', () => {}));
}

async function take(pool: Pool, order: Order, site: string, pod: string): Promise<Taken> {
  const client = await pool.connect().catch(() => undefined);
  if (client === undefined) return { outcome: 'failed' };
  try {
    const taken = await insert(client, order, site, pod);
    client.release();
    return taken;
  } catch (error) {
    const definite = error instanceof DatabaseError && !openCodes.test(error.code ?? '');
    client.release(!definite);
    return { outcome: definite ? 'failed' : 'open' };
  }
}

/** One statement is one transaction: when its result is there it is committed. */
async function insert(client: PoolClient, { id, channel, amount }: Order, site: string, pod: string): Promise<Taken> {
  const { rowCount } = await client.query({
    name: 'take',
    text: 'INSERT INTO orders (id, site, channel, amount, pod) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id, site) DO NOTHING',
    values: [id, site, channel, amount, pod],
  });
  if (rowCount === 1) return { outcome: 'new', pod };
  const { rows } = await client.query<{ pod: string }>({
    name: 'known',
    text: 'SELECT pod FROM orders WHERE id = $1 AND site = $2',
    values: [id, site],
  });
  return { outcome: 'known', pod: rows[0]?.pod ?? pod };
}

/** False when it did not work this time. */
async function makeTables(pool: Pool, config: ClientConfig): Promise<boolean> {
  try {
    // Asked first, because a database that only reads (a standby) has them from its primary.
    const { rows } = await pool.query<{ ready: boolean }>("SELECT to_regclass('heartbeat') IS NOT NULL AS ready");
    if (!rows[0]?.ready) await pool.query(schema);
    return true;
  } catch (error) {
    console.error(`Failed to make tables on ${config.host}: ${(error as Error).message}`);
    return false;
  }
}
