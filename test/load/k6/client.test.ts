import { expect, test } from 'vitest';
import type { DataState, RunEventBody, Traffic } from '../../../src/domain/event.ts';
import type { LoadPlan } from '../../../src/domain/load.ts';
import { createClient } from '../../../src/load/k6/client.ts';
import { firstOrder } from '../../../src/load/k6/order-ids.ts';

const plan: LoadPlan = {
  service: 'orders',
  limitMs: 60_000,
  channels: [
    { name: 'shoppers', rateRpsBase: 10, rateRpsPeak: 100, points: [[0, 10]] },
    { name: 'partner', rateRpsBase: 1, rateRpsPeak: 1, points: [[0, 1]] },
  ],
};
const epochMs = 1_795_598_000_000;

function createRig(seen: Readonly<Record<number, string>> = {}) {
  const told: RunEventBody[] = [];
  const client = createClient({
    plan,
    runId: 'run',
    publish: (event) => void told.push(event),
    now: () => 0,
    epochMs,
    seenAt: (order) => seen[order],
  });
  const traffic = () => told.filter((event): event is Traffic => event.type === 'traffic');
  const data = () => told.filter((event): event is DataState => event.type === 'data');
  return { client, told, traffic, data };
}

const order = (phase: 'warm-up' | 'profile', channel: number, iteration: number) =>
  firstOrder({ runId: 'run', phase, channel }) + iteration;

test('lines of both processes and all channels become one traffic on the clock of the platform', () => {
  const { client, traffic } = createRig();
  client.take('warm-up', `s 0 0 ${epochMs + 110}`);
  client.take('warm-up', `e 0 0 ${epochMs + 130} 200 201 0 east -`);
  client.take('profile', `s 1 0 ${epochMs + 120}`);
  client.take('profile', `e 1 0 ${epochMs + 150} 300 201 0 west -`);
  client.close(300);
  expect(traffic().filter(({ asked }) => asked > 0)).toMatchObject([
    { channel: 'shoppers', site: 'east', fromMs: 100, ok: 1, latency: [[20, 1]] },
    { channel: 'partner', site: 'west', fromMs: 100, ok: 1, latency: [[30, 1]] },
  ]);
  expect(client.asked()).toEqual([0, 1]);
});

test('orders are told of once a second, by the site that answered; open ones by the site that the load balancer names', () => {
  const { client, data } = createRig({ [order('profile', 0, 2)]: 'west' });
  for (let i = 0; i < 4; i++) client.take('profile', `s 0 ${i} ${epochMs + 100 * i}`);
  client.take('profile', `e 0 0 ${epochMs + 20} 200 201 0 east -`);
  client.take('profile', `e 0 1 ${epochMs + 120} 200 201 0 east -`);
  client.take('profile', `e 0 2 ${epochMs + 220} 200 504 1504 - -`);
  client.take('profile', `e 0 3 ${epochMs + 320} 200 0 1220 - -`);
  client.close(999);
  expect(data()).toEqual([]);
  client.close(1_000);
  const first = order('profile', 0, 0);
  expect(data()).toEqual([
    {
      type: 'data',
      acknowledged: { east: [[first, first + 2]] },
      indeterminate: { west: [[first + 2, first + 3]], '-': [[first + 3, first + 4]] },
      lag: {},
    },
  ]);
});

test('at the end the last orders are told of, too', () => {
  const { client, data } = createRig();
  client.take('profile', `s 0 0 ${epochMs + 10}`);
  client.take('profile', `e 0 0 ${epochMs + 30} 200 201 0 east -`);
  client.finish(300);
  const first = order('profile', 0, 0);
  expect(data()).toMatchObject([{ acknowledged: { east: [[first, first + 1]] } }]);
});

test('what an interrupt cuts off was never asked, but its orders are open', () => {
  const { client, traffic, data } = createRig();
  client.take('warm-up', `s 0 0 ${epochMs + 110}`);
  client.take('warm-up', `s 0 1 ${epochMs + 120}`);
  client.interrupted('warm-up', 125);
  client.take('warm-up', `e 0 0 ${epochMs + 126} 100 0 1000 - -`);
  client.gone('warm-up', 140);
  client.close(1_000);
  expect(traffic()).toEqual([]);
  const first = order('warm-up', 0, 0);
  expect(data()).toMatchObject([{ acknowledged: {}, indeterminate: { '-': [[first, first + 2]] } }]);
  expect(client.counts()).toMatchObject({ open: 2 });
});

test('the load peaks and falls by what was asked, and a site serves while customers are served', () => {
  const { client, told } = createRig();
  let iteration = 0;
  const ask = (fromMs: number, toMs: number, everyMs: number) => {
    for (let at = fromMs; at < toMs; at += everyMs, iteration++) {
      client.take('profile', `s 0 ${iteration} ${epochMs + at}`);
      client.take('profile', `e 0 ${iteration} ${epochMs + at + 5} 50 201 0 east -`);
    }
  };
  client.play();
  ask(0, 3_000, 100);
  ask(3_000, 6_000, 10);
  ask(6_000, 9_000, 100);
  client.close(12_000);
  const facts = told.flatMap((event) => (event.type === 'fact' ? [`${event.fact} ${event.value}`] : []));
  expect(facts).toEqual([
    'load.started true',
    'site.serving true',
    'load.peaked true',
    'load.fell true',
    'site.serving false',
  ]);
});
