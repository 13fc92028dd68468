/** Makes the streams between databases: publication and slot at one end, subscription at the other. Apart because the order matters: slots stand before the first row, so that no row needs to be copied. */
import { OperatingError } from '../../../base/errors.ts';
import type { Database } from './database.ts';
import { makeMarks, obeyMarks, setMark } from './marks.ts';
import type { StreamPlan } from './plan.ts';
import type { Session } from './session.ts';

/** The tables of an order desk are waited for this long, ms: its service makes them when it starts. */
const tablesLimitMs = 60_000;
const setupLimitMs = 15_000;

/** Takes down every stream of ours in this database, whatever plan it came from. Its peers' slots for it stay until they are asked the same. */
export async function removeStreams({ own }: Database): Promise<void> {
  const subscriptions = await own.query(
    `SELECT subname FROM pg_subscription WHERE subname LIKE 'elevenproof\\_%' AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  for (const { subname } of subscriptions) {
    await own.query(`ALTER SUBSCRIPTION ${subname} DISABLE`);
    await own.query(`ALTER SUBSCRIPTION ${subname} SET (slot_name = NONE)`);
    await own.query(`DROP SUBSCRIPTION ${subname}`, [], setupLimitMs);
  }
}

/** Takes down what this database keeps for others: slots (whoever holds one is ended) and publications. */
export async function removeSources({ own }: Database): Promise<void> {
  await own.query(
    `SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name LIKE 'elevenproof\\_%' AND active_pid IS NOT NULL`,
  );
  for (let tries = 0; ; tries++) {
    try {
      await own.query(
        `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'elevenproof\\_%' AND NOT temporary`,
      );
      break;
    } catch (cause) {
      if (tries === 20) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const publications = await own.query(`SELECT pubname FROM pg_publication WHERE pubname LIKE 'elevenproof\\_%'`);
  for (const { pubname } of publications) await own.query(`DROP PUBLICATION ${pubname}`);
}

/** Waits for the tables, empties them, and puts beside them what replication needs. */
export async function prepareTables(
  database: Database,
  { uniqueKey }: { readonly uniqueKey: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { own, plan } = database;
  await waitForTables(own, plan.key, signal);
  await makeMarks(own);
  await own.query('DELETE FROM elevenproof.mark');
  await own.query(emptySql, [], setupLimitMs);
  await own.query(uniqueKey ? keyedSql : keylessSql, [], setupLimitMs);
  await own.query('CREATE INDEX IF NOT EXISTS elevenproof_accepted ON orders (site, accepted_at)', [], setupLimitMs);
  if (plan.standby) await setMark(own, 'standby');
  await obeyMarks(own);
}

/** Earlier runs on the same pair have left rows. */
const emptySql = `
  DO $$ BEGIN
    TRUNCATE orders, heartbeat;
    IF to_regclass('inventory') IS NOT NULL THEN TRUNCATE inventory; END IF;
  END $$`;

const keylessSql = `
  DROP TRIGGER IF EXISTS elevenproof_skip_batch_row ON orders;
  DO $$ DECLARE key text; BEGIN
    SELECT conname INTO key FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'p';
    IF key IS NOT NULL THEN EXECUTE format('ALTER TABLE orders DROP CONSTRAINT %I', key); END IF;
  END $$`;

/**
 * The key, and beside it: a row that a batch has brought is left out when the stream brings it later; any other row that is there already is refused by the key, as without the trigger.
 * It fires for apply workers only (ENABLE REPLICA). The origin of the row's transaction tells who brought it, where commit time stamps are kept (track_commit_timestamp).
 */
const keyedSql = `
  DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'p') THEN
      ALTER TABLE orders ADD PRIMARY KEY (id, site);
    END IF;
  END $$;
  CREATE OR REPLACE FUNCTION elevenproof.skip_batch_row() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$ BEGIN
    IF EXISTS (
      SELECT FROM orders o, pg_xact_commit_timestamp_origin(o.xmin) t JOIN pg_replication_origin r ON r.roident = t.roident
       WHERE o.id = NEW.id AND o.site = NEW.site AND r.roname LIKE 'elevenproof\\_batch\\_%')
    THEN RETURN NULL; END IF;
    RETURN NEW;
  END $$;
  DO $$ BEGIN
    IF current_setting('track_commit_timestamp')::boolean THEN
      CREATE OR REPLACE TRIGGER elevenproof_skip_batch_row BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION elevenproof.skip_batch_row();
      ALTER TABLE orders ENABLE REPLICA TRIGGER elevenproof_skip_batch_row;
    END IF;
  END $$`;

async function waitForTables(session: Session, key: string, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + tablesLimitMs;
  const sql = `SELECT to_regclass('orders') IS NOT NULL AND to_regclass('heartbeat') IS NOT NULL AS there`;
  let failure: unknown;
  while (performance.now() < endMs) {
    signal.throwIfAborted();
    try {
      if ((await session.query(sql))[0]?.there === true) return;
    } catch (cause) {
      failure = cause;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const why = failure === undefined ? 'it has no tables orders and heartbeat' : (failure as Error).message;
  throw new OperatingError(`Failed to set up replication of database ${key} within ${tablesLimitMs / 1000} s: ${why}`, {
    cause: failure,
    hint: 'A service that keeps orders makes these tables when it starts: clusters/order-desk/schema.sql says which columns they have.',
  });
}

/** Publication and slot, so that nothing is missed from now on. The heartbeat is a site's own: only its own row is sent. */
export async function makeSource({ own }: Database, stream: StreamPlan): Promise<void> {
  await own.query(`
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname = '${stream.publication}') THEN
        CREATE PUBLICATION ${stream.publication} FOR TABLE orders, heartbeat WHERE (site = '${stream.from.site}') WITH (publish = 'insert, update');
      END IF;
    END $$`);
  await own.query(
    `SELECT pg_create_logical_replication_slot($1, 'pgoutput') WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
    [stream.slot],
    setupLimitMs,
  );
}

/** The subscription, through the link. */
export async function makeSubscription(
  to: Database,
  from: Database,
  stream: StreamPlan,
  linkAddress: string,
): Promise<void> {
  const there = await to.own.query('SELECT FROM pg_subscription WHERE subname = $1', [stream.subscription]);
  if (there.length > 0) return;
  const { user, password, database } = await from.credentials();
  const connection = [
    ['host', linkAddress],
    ['port', String(stream.from.linkPort)],
    ['user', user],
    ['password', password],
    ['dbname', database],
    ['connect_timeout', '5'],
    ['application_name', stream.slot],
  ] as const;
  const words = connection.map(([name, value]) => `${name}='${value.replace(/[\\']/g, '\\$&')}'`).join(' ');
  const options = [
    'create_slot = false',
    `slot_name = '${stream.slot}'`,
    'copy_data = false',
    `origin = ${stream.originFilter ? 'none' : 'any'}`,
    ...(stream.synchronous ? ['synchronous_commit = local'] : []),
  ];
  await to.own.query(
    `CREATE SUBSCRIPTION ${stream.subscription} CONNECTION ${literal(words)} PUBLICATION ${stream.publication} WITH (${options.join(', ')})`,
    [],
    setupLimitMs,
  );
}

/** A commit waits for these streams from now on; for none, it waits for nobody. */
export async function waitForPeers({ own }: Database, streams: readonly StreamPlan[]): Promise<void> {
  const names = streams.map(({ slot }) => slot).join(', ');
  await own.query(`ALTER SYSTEM SET synchronous_standby_names = ${literal(names)}`);
  await own.query('SELECT pg_reload_conf()');
}

/** A text as SQL writes it, whatever stands in it. */
function literal(text: string): string {
  return `E'${text.replace(/[\\']/g, '\\$&')}'`;
}
