/** The gateway as a process before a stand-in for the order service: what it makes of answers, silence and refusals, and how it ends. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { ask, type DeskProcess, startDesk, untilReady } from './desk-process.ts';
import { freePort } from './postgres.ts';

type Behave = (request: IncomingMessage, response: ServerResponse, count: number) => void;

let gateway: DeskProcess;
let orders: Server | undefined;
let asked = 0;

afterEach(async () => {
  await gateway.stop('SIGKILL');
  orders?.closeAllConnections();
  orders?.close();
  orders = undefined;
});

/** A gateway ready before orders that behave so; without `behave` nobody listens. */
async function start(policy: Readonly<Record<string, string>>, behave?: Behave): Promise<void> {
  const port = await freePort();
  asked = 0;
  if (behave !== undefined) {
    orders = createServer((request, response) => behave(request, response, ++asked));
    await new Promise<void>((resolve) => orders!.listen(port, '127.0.0.1', resolve));
  }
  const policies = JSON.stringify({ localhost: { ...policy, port: String(port) } });
  gateway = await startDesk('gateway', {
    'service-time-ms': '1',
    'startup-ms': '0',
    site: 'east',
    calls: 'localhost',
    policies,
  });
  await untilReady(gateway);
}

const order = (id = 1) => ask(gateway.port, 'POST', '/orders', { id, channel: 'shoppers' });

const taken: Behave = (_, response) => {
  response.writeHead(201, { 'x-site': 'west' });
  response.end('{"id":1}');
};

test('an answer is passed on with its site', async () => {
  await start({}, taken);
  const { status, body, headers } = await order();
  expect({ status, body, site: headers['x-site'] }).toEqual({ status: 201, body: '{"id":1}', site: 'west' });
});

test('a refusal is tried again as often as the policy says, and is definite', async () => {
  await start({ retries: '1' }, (_, response) => {
    response.writeHead(503, { 'x-failed': 'shed' });
    response.end();
  });
  expect((await order()).headers['x-failed']).toBe('shed');
  expect(asked).toBe(2);
});

test('where nobody listens the order is surely not taken', async () => {
  await start({});
  const { status, headers } = await order();
  expect([status, headers['x-failed']]).toEqual([502, 'refused']);
});

test('an order that was once asked and not answered is not known, whatever the last try says', async () => {
  await start({ retries: '1', 'timeout-ms': '200' }, (_, response, count) => {
    if (count === 1) return;
    response.writeHead(500, { 'x-failed': 'error' });
    response.end();
  });
  const { status, headers } = await order();
  expect([status, headers['x-failed'], asked]).toEqual([504, undefined, 2]);
});

test('a connection that breaks in the middle leaves the order open', async () => {
  await start({}, (request) => request.socket.destroy());
  expect((await order()).status).toBe(504);
});

test('an open breaker lets nothing through, and says so', async () => {
  const breaker = 'errors=0.5,volume=3,window-ms=10000,sleep-ms=60000';
  await start({ breaker }, (_, response) => response.writeHead(500).end());
  for (let id = 1; id <= 3; id++) await order(id);
  expect((await order(4)).headers['x-failed']).toBe('broken');
  expect(asked).toBe(3);
  await new Promise((next) => setTimeout(next, 200));
  expect((await ask(gateway.port, 'GET', '/metrics')).body).toContain('breaker_state{service="localhost"} 2');
});

test('told to end, it answers what it has and takes no more', async () => {
  await start({}, (request, response, count) => setTimeout(() => taken(request, response, count), 500));
  const pending = order();
  await new Promise((next) => setTimeout(next, 200));
  const ended = gateway.stop('SIGTERM');
  await new Promise((next) => setTimeout(next, 100));
  expect((await order(2)).status).toBe(0);
  expect((await pending).status).toBe(201);
  expect(await ended).toBe(0);
});

test('a slow pod is as slow as it is told', async () => {
  await start({}, taken);
  expect((await ask(gateway.port, 'POST', '/control/slow?factor=300')).status).toBe(200);
  expect((await ask(gateway.port, 'GET', '/control/slow')).body).toBe('{"factor":300}');
  const startMs = performance.now();
  await order();
  expect(performance.now() - startMs).toBeGreaterThan(50);
  expect((await ask(gateway.port, 'POST', '/control/slow?factor=0')).status).toBe(400);
});
