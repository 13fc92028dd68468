/** Our marks in a database: rows of a table of ours that say what we did to it, so that undo works from a process that knows nothing. Apart because what they mean together, who may write, is decided here. */
import { privilegedName, type Session, sqlStateOf } from './session.ts';

/** `standby`: takes no writes until promoted. `fence`: a fault keeps it from taking writes. `promoted`: it was made to take writes. `stalled:…`: we stopped the named replication here. */
export type Mark = 'standby' | 'fence' | 'promoted' | `stalled:${string}`;

/** Makes the table; harmless when it is there. */
export async function makeMarks(session: Session): Promise<void> {
  await session.query(`
    CREATE SCHEMA IF NOT EXISTS elevenproof;
    CREATE TABLE IF NOT EXISTS elevenproof.mark (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp())`);
}

/** Every mark that stands; none where we never were. */
export async function readMarks(session: Session): Promise<ReadonlySet<string>> {
  try {
    const rows = await session.query('SELECT name FROM elevenproof.mark');
    return new Set(rows.map(({ name }) => String(name)));
  } catch (cause) {
    // Nobody of ours was here: neither schema nor table.
    if (['3F000', '42P01'].includes(sqlStateOf(cause) ?? '')) return new Set();
    throw cause;
  }
}

/** Sets a mark; one that stands keeps its time. */
export async function setMark(session: Session, mark: Mark): Promise<void> {
  await session.query('INSERT INTO elevenproof.mark (name) VALUES ($1) ON CONFLICT DO NOTHING', [mark]);
}

/** Takes a mark away; false when it did not stand. */
export async function clearMark(session: Session, mark: Mark): Promise<boolean> {
  return (await session.query('DELETE FROM elevenproof.mark WHERE name = $1 RETURNING name', [mark])).length > 0;
}

/**
 * Lets applications write or not, as the marks say: `default_transaction_read_only` of the database. What they opened before is ended, for a session keeps
 * what it began with. Apply workers of replication do not ask it, and our own privileged sessions overrule it.
 */
export async function obeyMarks(session: Session): Promise<void> {
  const marks = await readMarks(session);
  const closed = marks.has('standby') || marks.has('fence');
  await session.query(`
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I ${closed ? 'SET default_transaction_read_only = on' : 'RESET default_transaction_read_only'}', current_database()); END $$`);
  await session.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> $1`,
    [privilegedName],
  );
}

/** Condition, in SQL, that the database is closed to writes of applications or in recovery. */
export const closedSql = `(pg_is_in_recovery() OR EXISTS (
  SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
   WHERE d.datname = current_database() AND s.setrole = 0 AND 'default_transaction_read_only=on' = ANY (s.setconfig)))`;
