/** Reads every order of a database, in pages of one snapshot. Apart because both the audit and a promotion need exactly that. */
import { OperatingError } from '../../../base/errors.ts';
import { createOrderFold, type HeldOrders } from './audit-fold.ts';
import type { Database } from './database.ts';

const pageRows = 20_000;
const pageLimitMs = 30_000;

/** What the database holds at this moment. A session of its own, so that nobody waits. Throws an OperatingError when it cannot be read to the end. */
export async function readOrders(database: Database, signal?: AbortSignal): Promise<HeldOrders> {
  const session = database.session({ name: 'elevenproof', privileged: true });
  const fold = createOrderFold();
  try {
    await session.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await session.query(
      `DECLARE every_order NO SCROLL CURSOR FOR
       SELECT id, site, md5(channel || '|' || amount || '|' || pod) AS hash FROM orders ORDER BY id, site COLLATE "C"`,
    );
    for (;;) {
      signal?.throwIfAborted();
      const rows = await session.query(`FETCH ${pageRows} FROM every_order`, [], pageLimitMs);
      for (const { id, site, hash } of rows) fold.take([Number(id), String(site), String(hash)]);
      if (rows.length < pageRows) break;
    }
    await session.query('COMMIT');
    return fold.done();
  } finally {
    session.close();
  }
}

/** Why a database could not be read, as people say it. */
export function unreadableReason(cause: unknown): string {
  const texts: string[] = [];
  for (let each: unknown = cause; each instanceof Error; each = each.cause) texts.push(each.message);
  const all = texts.join(': ');
  if (/ECONNREFUSED|57P03|starting up|shutting down/.test(all)) return 'connection refused';
  if (/no answer|timeout|ETIMEDOUT|EHOSTUNREACH/i.test(all)) return 'no answer';
  return cause instanceof OperatingError ? texts.at(-1)! : all;
}
