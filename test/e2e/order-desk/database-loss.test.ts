/** The order service against a real PostgreSQL that is killed under load: what was acknowledged is there, what broke off is open. */
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, type DeskProcess, startDesk, untilReady } from './desk-process.ts';
import { createPostgres, findPostgres, type Postgres } from './postgres.ts';

const bin = findPostgres();
if (bin === undefined) console.warn('Skipped: PostgreSQL is not installed here (/usr/lib/postgresql/*/bin/initdb)');

describe.skipIf(bin === undefined)('a database that dies under load', () => {
  let postgres: Postgres;
  let desks: readonly DeskProcess[];

  beforeAll(async () => {
    // A commit that waits a tenth of a second is likely to be under way when the server dies.
    postgres = await createPostgres(bin!, ['commit_delay=100000', 'commit_siblings=0']);
    postgres.start();
    const env = { DATABASE_HOST: '127.0.0.1', DATABASE_PORT: String(postgres.port), DATABASE_NAME: 'postgres' };
    const behaviour = { 'service-time-ms': '2', concurrency: '20', 'startup-ms': '0', site: 'east' };
    desks = await Promise.all([startDesk('orders', behaviour, env), startDesk('orders', behaviour, env)]);
    await Promise.all(desks.map(untilReady));
  });
  afterAll(async () => {
    await Promise.all(desks.map((desk) => desk.stop('SIGKILL')));
    await postgres.remove();
  });

  test('an id that comes twice is one order, and both answers say the same', async () => {
    const order = { id: 2 ** 53 - 1, channel: 'partner', amount: 7 };
    const first = await ask(desks[0]!.port, 'POST', '/orders', order);
    const second = await ask(desks[1]!.port, 'POST', '/orders', order);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toBe(first.body);
    expect(JSON.parse(first.body)).toMatchObject({ id: 2 ** 53 - 1, site: 'east' });
    expect(first.headers).toMatchObject({ 'x-site': 'east', connection: 'close' });
  });

  test('no acknowledged order is lost, and some are open', async () => {
    const acknowledged: number[] = [];
    const counts = { failed: 0, open: 0 };
    const asked: Promise<void>[] = [];
    const order = async (id: number) => {
      const { status, headers } = await ask(desks[id % 2]!.port, 'POST', '/orders', { id, channel: 'shoppers' });
      if (status === 201) acknowledged.push(id);
      else counts[headers['x-failed'] === undefined ? 'open' : 'failed']++;
    };
    for (let id = 0; id < 400; id++) {
      if (id === 200) {
        await holdCommits(postgres.port, () => {
          for (let held = 1_000; held < 1_020; held++) asked.push(order(held));
        });
        await postgres.kill();
      }
      if (id === 300) postgres.start();
      asked.push(order(id));
      await new Promise((next) => setTimeout(next, 10));
    }
    await Promise.all(asked);
    await Promise.all(desks.map(untilReady));
    const stored = await readIds(postgres.port);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(150);
    expect(counts.failed).toBeGreaterThan(20);
    expect(counts.open).toBeGreaterThanOrEqual(5);
    expect(counts.open).toBeLessThan(100);
  });

  test('without its database a service is alive and not ready', async () => {
    await postgres.kill();
    expect((await ask(desks[0]!.port, 'GET', '/ready')).status).toBe(503);
    expect((await ask(desks[0]!.port, 'GET', '/live')).status).toBe(200);
  });
});

/** Lets orders come as far as the table and no further: they are open for sure when the server dies. */
async function holdCommits(port: number, send: () => void): Promise<void> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
  client.on('error', () => {});
  await client.connect();
  await client.query('BEGIN; LOCK TABLE orders IN SHARE MODE');
  send();
  const waiting = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
  for (;;) {
    const { rows } = await client.query<{ n: number }>(waiting);
    if (rows[0]!.n >= 5) return;
    await new Promise((next) => setTimeout(next, 20));
  }
}

async function readIds(port: number): Promise<ReadonlySet<number>> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
  await client.connect();
  const { rows } = await client.query<{ id: string }>('SELECT id FROM orders');
  await client.end();
  return new Set(rows.map(({ id }) => Number(id)));
}
