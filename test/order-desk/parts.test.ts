/** The order desk's own arithmetic, without processes and without time. */
import { expect, test } from 'vitest';
import { parseAnnotations } from '../../clusters/order-desk/src/annotations.ts';
import { createBalance } from '../../clusters/order-desk/src/balance.ts';
import { createBreaker } from '../../clusters/order-desk/src/breaker.ts';
import { parseOrder } from '../../clusters/order-desk/src/order.ts';
import { createRateLimit } from '../../clusters/order-desk/src/rate-limit.ts';
import { createRetryBudget } from '../../clusters/order-desk/src/retry-budget.ts';
import { sampleServiceTime } from '../../clusters/order-desk/src/service-time.ts';
import { readSettings } from '../../clusters/order-desk/src/settings.ts';
import { createStation, type Place } from '../../clusters/order-desk/src/station.ts';

test('annotations are read as the downward API writes them', () => {
  const text =
    'elevenproof.dev/queue="60"\nkubernetes.io/x="y"\nelevenproof.dev/policies="{\\"a\\":{\\"retries\\":\\"1\\"}}"\nbroken';
  expect(parseAnnotations(text)).toEqual({ queue: '60', policies: '{"a":{"retries":"1"}}' });
});

test('without annotations the defaults hold that the simulator has', () => {
  const settings = readSettings({}, { HOSTNAME: 'orders-1' });
  expect(settings).toMatchObject({ serviceTimeMs: 20, serviceTimeP99Ms: 60, concurrency: 10, queueMax: 100 });
  expect(settings).toMatchObject({ startupMs: 1500, cpuMs: 1, release: 'good', calls: [], pod: 'orders-1' });
});

test('a scaled queue is never rounded away, and how others are called comes with their names', () => {
  const policies = JSON.stringify({ orders: { 'timeout-ms': '500', breaker: 'volume=5', port: '81' } });
  const settings = readSettings({ concurrency: '0.3', queue: '0.4', calls: ' orders', release: 'bad', policies }, {});
  expect(settings).toMatchObject({ queueMax: 1, release: 'errors' });
  const [{ service, policy } = { service: '', policy: undefined }] = settings.calls;
  expect(service).toBe('orders');
  expect(policy).toMatchObject({ timeoutMs: 500, retries: 0, port: 81, breaker: { volumeMin: 5, sleepMs: 5000 } });
});

test.each([
  ['{"id": 7}', { id: 7, channel: 'shoppers', amount: 1 }],
  ['{"id": 9007199254740991, "channel": "partner", "amount": 3}', { id: 2 ** 53 - 1, channel: 'partner', amount: 3 }],
  ['{"id": 9007199254740992}', undefined],
  ['{"id": -1}', undefined],
  ['{"id": "7"}', undefined],
  ['{"id": 1, "channel": 3}', undefined],
  ['null', undefined],
  ['', undefined],
])('order %s', (text, order) => {
  expect(parseOrder(text)).toEqual(order);
});

/** A station whose time is moved by hand. */
function stationAt(concurrency: number, queueMax: number) {
  let nowMs = 0;
  const due: { atMs: number; then: () => void }[] = [];
  const clock = {
    nowMs: () => nowMs,
    after: (ms: number, then: () => void) => void (ms <= 0 ? then() : due.push({ atMs: nowMs + ms, then })),
  };
  const pass = (ms: number) => {
    nowMs += ms;
    for (const each of due.splice(0))
      if (each.atMs <= nowMs + 1e-9) each.then();
      else due.push(each);
  };
  return { station: createStation({ concurrency, queueMax }, clock), pass };
}

test('a whole concurrency is as many places, each free at once', async () => {
  const { station } = stationAt(2, 0);
  const first = await station.enter();
  expect(await station.enter()).toBeDefined();
  expect(await station.enter()).toBeUndefined();
  first!.leave(1000);
  expect(await station.enter()).toBeDefined();
});

test('of a fraction of a place there is one, held the longer for it', async () => {
  const { station, pass } = stationAt(0.25, 0);
  const place = await station.enter();
  pass(20);
  place!.leave(1000);
  pass(59);
  expect(await station.enter()).toBeUndefined();
  pass(1);
  expect(await station.enter()).toBeDefined();
});

test('what a busy machine adds to a request is not held many times over', async () => {
  const { station, pass } = stationAt(0.25, 0);
  const place = await station.enter();
  pass(500);
  place!.leave(20);
  pass(60);
  expect(await station.enter()).toBeDefined();
});

test('who waits is served in turn', async () => {
  const { station } = stationAt(1, 2);
  const first = await station.enter();
  const served: string[] = [];
  const wait = (name: string) =>
    station.enter().then((place: Place | undefined) => served.push(`${name} ${place !== undefined}`));
  const waits = [wait('a'), wait('b'), wait('c')];
  await waits[2];
  expect(served).toEqual(['c false']);
  expect(station.inFlight()).toBe(3);
  first!.leave(1000);
  await waits[0];
  expect(served).toEqual(['c false', 'a true']);
});

test('service times have the median and the percentile that are asked for', () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const times = Array.from({ length: 20_000 }, () => sampleServiceTime(20, 60, random)).sort((a, b) => a - b);
  expect(times[10_000]).toBeGreaterThan(19.4);
  expect(times[10_000]).toBeLessThan(20.6);
  expect(times[19_800]).toBeGreaterThan(56);
  expect(times[19_800]).toBeLessThan(64);
  expect(sampleServiceTime(5, 5)).toBe(5);
});

test('retries are a share of first tries', () => {
  const budget = createRetryBudget(0.2);
  let retries = 0;
  for (let i = 0; i < 1000; i++) {
    budget.earn();
    if (budget.spend()) retries++;
  }
  expect(retries).toBeGreaterThanOrEqual(199);
  expect(retries).toBeLessThanOrEqual(201);
  expect(createRetryBudget(undefined).spend()).toBe(true);
});

test('a breaker opens, sleeps, tries one call, and closes when that goes well', () => {
  let nowMs = 0;
  const breaker = createBreaker({ errorRatioMin: 0.5, volumeMin: 4, windowMs: 1000, sleepMs: 500 }, () => nowMs);
  for (const ok of [true, true, false]) breaker.record(ok);
  expect(breaker.state()).toBe('closed');
  breaker.record(false);
  expect([breaker.state(), breaker.allows()]).toEqual(['open', false]);
  nowMs = 500;
  expect([breaker.allows(), breaker.allows(), breaker.state()]).toEqual([true, false, 'half-open']);
  breaker.record(false);
  expect(breaker.state()).toBe('open');
  nowMs = 1000;
  expect(breaker.allows()).toBe(true);
  breaker.record(true);
  expect(breaker.state()).toBe('closed');
});

test('failures that left the window count no more', () => {
  let nowMs = 0;
  const breaker = createBreaker({ errorRatioMin: 0.5, volumeMin: 2, windowMs: 1000, sleepMs: 500 }, () => nowMs);
  breaker.record(false);
  nowMs = 1000;
  breaker.record(true);
  breaker.record(true);
  expect(breaker.state()).toBe('closed');
});

test('pods share the limit of a channel', () => {
  let nowMs = 0;
  const limit = createRateLimit(
    { partner: 10, '*': 0 },
    () => 2,
    () => nowMs,
  );
  const admitted = () => Array.from({ length: 20 }, () => limit.admits('partner')).filter(Boolean).length;
  expect(admitted()).toBe(5);
  nowMs = 1000;
  expect(admitted()).toBe(5);
  expect(limit.admits('shoppers')).toBe(false);
  expect(createRateLimit({ partner: 10 }, () => 2).admits('shoppers')).toBe(true);
});

test('a caller that looks at open requests leaves the slow pod alone', () => {
  const peers = { addresses: () => ['a', 'b'] };
  const balance = createBalance('least-requests', { host: 'orders', port: 80 }, 8080, peers);
  const first = balance.choose();
  const second = balance.choose();
  expect(new Set([first.host, second.host])).toEqual(new Set(['a', 'b']));
  second.done(5);
  expect(balance.choose()).toMatchObject({ host: second.host, port: 8080 });
});

test('while no pod is known the Service itself is called', () => {
  const balance = createBalance('least-requests', { host: 'orders', port: 80 }, 8080, { addresses: () => [] });
  expect(balance.choose()).toMatchObject({ host: 'orders', port: 80 });
});
