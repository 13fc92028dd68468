/** What the field knows of load, queues, balancing and customers' way to a site, asked of whole worlds under load. */
import { describe, expect, it } from 'vitest';
import {
  app,
  cluster,
  constantly,
  field,
  mean,
  oneSite,
  overSeeds,
  readiness,
  servedBy,
  stepping,
  sums,
  twoSites,
} from './field.ts';

type Field = ReturnType<typeof field>;
const pod = (f: Field, verb: 'pod.slow' | 'pod.unslow' | 'pod.hang', name: string, index: number, factor = 1) =>
  f.act(verb, { on: 'pod', site: 'site', workload: name, pod: f.pods(name)[index]!.name }, { factor });
const loaded = async (rateRps: number, ...manifests: string[]) => {
  const f = field(await oneSite(cluster(1, 3, { cpu: 64 }), ...manifests));
  f.world.traffic.start(constantly(rateRps));
  f.wait(30_000);
  return f;
};

describe('queues', () => {
  it("keep Little's law: in flight = rate × time, at half and at nine tenths of capacity", async () => {
    // 2 pods × 10 at 20 ms median: some 850 a second
    for (const rate of [400, 750]) {
      const f = await loaded(
        rate,
        app('shop', { replicas: 2, says: { queue: '1000' } }),
        servedBy('shop', { serves: 'shop', 'timeout-ms': '5000' }),
      );
      const fromMs = f.now();
      f.wait(120_000);
      const seen = f.traffic.filter((event) => event.fromMs >= fromMs);
      const inFlight = mean(seen.map((event) => event.inFlight));
      const { meanMs, okPerSecond } = sums(f.traffic, fromMs, f.now());
      const little = (okPerSecond * meanMs) / 1_000;
      expect(inFlight / little).toBeGreaterThan(0.9);
      expect(inFlight / little).toBeLessThan(1.1);
    }
  });

  it('have a 99th percentile that explodes near capacity, and serve no more than capacity above it', async () => {
    const at = async (rate: number) => {
      const f = await loaded(rate, app('shop', { replicas: 2 }), servedBy('shop', { serves: 'shop' }));
      const fromMs = f.now();
      f.wait(60_000);
      return { ...sums(f.traffic, fromMs, f.now()), capacity: f.world.traffic.capacityRps('site', 'shop') };
    };
    const [idle, busy, over] = [await at(100), await at(830), await at(2_000)];
    expect(idle.percentile(0.99)).toBeLessThan(75);
    expect(busy.percentile(0.99)).toBeGreaterThan(idle.percentile(0.99));
    expect(over.percentile(0.5)).toBeGreaterThan(3 * idle.percentile(0.5));
    expect(over.okPerSecond).toBeLessThanOrEqual(over.capacity * 1.02);
    expect(over.okPerSecond).toBeGreaterThan(over.capacity * 0.9);
  });
});

describe('one of four replicas is twenty times slower', () => {
  const servedUnder = async (balance: string) => {
    const f = await loaded(
      200,
      app('shop', { replicas: 4 }),
      servedBy('shop', { serves: 'shop', balance, 'timeout-ms': '300' }),
    );
    pod(f, 'pod.slow', 'shop', 0, 20);
    f.wait(60_000);
    const fromMs = f.now();
    f.wait(60_000);
    return sums(f.traffic, fromMs, f.now());
  };

  it('round robin and random send it a quarter all the same, and lose about that', async () => {
    for (const balance of ['round-robin', 'random']) {
      const { okRatio } = await servedUnder(balance);
      expect(okRatio).toBeGreaterThan(0.7);
      expect(okRatio).toBeLessThan(0.85);
    }
  });

  it('least requests starves it, and weighted response time sends it little', async () => {
    expect((await servedUnder('least-requests')).okRatio).toBeGreaterThan(0.9);
    const weighted = (await servedUnder('weighted-response-time')).okRatio;
    expect(weighted).toBeGreaterThan((await servedUnder('round-robin')).okRatio);
  });
});

describe('retries', () => {
  const storm = async (says: Record<string, string>) => {
    const f = await loaded(
      600,
      app('gate', { replicas: 2, says: { 'service-time-ms': '1', concurrency: '2000', queue: '4000', calls: 'shop' } }),
      servedBy('gate', { serves: 'shop', 'timeout-ms': '4000' }),
      app('shop', { replicas: 2, says: { 'service-time-ms': '20', queue: '2000' } }),
      servedBy('shop', { 'timeout-ms': '500', ...says }),
    );
    const before = sums(f.traffic, f.now() - 10_000, f.now()).okRatio;
    for (const i of [0, 1]) pod(f, 'pod.slow', 'shop', i, 10);
    f.wait(30_000);
    for (const i of [0, 1]) pod(f, 'pod.unslow', 'shop', i);
    f.wait(120_000);
    return { calm: before, later: sums(f.traffic, f.now() - 20_000, f.now()).okRatio };
  };

  it('three of them keep a service down two minutes after its cause is gone; a budget or none lets it recover', async () => {
    const storming = await storm({ retries: '3' });
    expect(storming.calm).toBeGreaterThan(0.99);
    expect(storming.later).toBeLessThan(0.6);
    expect((await storm({ retries: '3', 'retry-budget-ratio': '0.1' })).later).toBeGreaterThan(0.98);
    expect((await storm({})).later).toBeGreaterThan(0.98);
  });
});

describe('a breaker', () => {
  const guarded = async (rate: number, volume: number) => {
    const f = await loaded(
      rate,
      app('gate', { replicas: 1, says: { 'service-time-ms': '1', concurrency: '500', calls: 'shop' } }),
      servedBy('gate', { serves: 'shop', 'timeout-ms': '2000' }),
      app('shop', { replicas: 1, container: 'env: []' }),
      servedBy('shop', { 'timeout-ms': '200', breaker: `errors=0.5,volume=${volume},window-ms=10000,sleep-ms=5000` }),
    );
    pod(f, 'pod.hang', 'shop', 0);
    const state = () => f.world.traffic.breaker('site', 'shop');
    return { f, state };
  };

  it('opens at its error share once its window has its volume, tries once each 5 s, closes on success', async () => {
    const { f, state } = await guarded(50, 20);
    const opened = f.until(() => state() === 'open', 30_000);
    expect(opened).toBeGreaterThan(3_000);
    expect(opened).toBeLessThan(12_000);
    expect(f.until(() => state() === 'half-open', 30_000)).toBeGreaterThanOrEqual(4_900);
    f.act('pod.unhang', { on: 'pod', site: 'site', workload: 'shop', pod: f.pods('shop')[0]!.name });
    expect(f.until(() => state() === 'closed', 30_000)).toBeLessThan(12_000);
  });

  it('stays closed where less is asked than its volume', async () => {
    const { f, state } = await guarded(1, 20);
    expect(f.until(() => state() !== 'closed', 120_000)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a rate limit', () => {
  it('holds one channel at its rate and leaves the others alone', async () => {
    const f = field(
      await oneSite(
        cluster(1, 3, { cpu: 64 }),
        app('shop', { replicas: 2 }),
        servedBy('shop', { serves: 'shop', 'rate-limit': 'partner=50' }),
      ),
    );
    const [web, partner] = [constantly(100).channels, stepping(10, 1_260, 30).channels];
    f.world.traffic.start({ ...constantly(1), channels: [...web, { ...partner[0]!, name: 'partner' }] });
    f.world.traffic.play();
    f.wait(60_000);
    const fromMs = f.now();
    f.wait(60_000);
    expect(sums(f.traffic, fromMs, f.now(), 'site', 'web').okRatio).toBeGreaterThan(0.999);
    expect(sums(f.traffic, fromMs, f.now(), 'site', 'partner').okPerSecond).toBeGreaterThan(47);
    expect(sums(f.traffic, fromMs, f.now(), 'site', 'partner').okPerSecond).toBeLessThan(52);
  });
});

describe('a site that is lost', () => {
  const shop = [app('shop', { container: readiness }), servedBy('shop', { serves: 'shop' })];
  const check = 'check: { path: /, intervalMs: 2000, timeoutMs: 1000, fall: 3, rise: 2 }';
  const pair = (balancer: string) =>
    twoSites(cluster(1, 2), `globalLoadBalancer: { ${balancer}, ${check} }\n`, ...shop);
  const share = (f: Field, site: string) => f.world.routing.shares().get(site)!;
  const isolate = (f: Field, verb: 'link.cut' | 'link.restore') => f.act(verb, { on: 'site', site: 'west' });

  it('is left by a proxy after three checks of 2 s and a time-out: 5 to 7 s, and taken back after two', async () => {
    const shape = await pair('mode: proxy');
    const after = overSeeds(16, (seed) => {
      const f = field(shape, seed, 20_000 + 173 * Number.parseInt(seed, 16));
      isolate(f, 'link.cut');
      return f.until(() => share(f, 'west') === 0, 30_000) / 1_000;
    });
    expect(Math.min(...after)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...after)).toBeLessThanOrEqual(7.1);
    const f = field(shape);
    isolate(f, 'link.cut');
    f.wait(30_000);
    isolate(f, 'link.restore');
    const back = f.until(() => share(f, 'west') === 0.5, 30_000) / 1_000;
    expect(back).toBeGreaterThanOrEqual(2);
    expect(back).toBeLessThanOrEqual(4.1);
  });

  it('is left over the TTL by those who honour it, over their clamp by those who clamp, never by those who ignore it', async () => {
    const dns = 'dns: { ttlSeconds: 30, honourRatio: 0.85, clampRatio: 0.1, ignoreRatio: 0.05, clampSeconds: 300 }';
    const f = field(await pair(`mode: dns, ${dns}`));
    isolate(f, 'link.cut');
    f.until(() => !f.world.routing.healthy('west'), 30_000);
    f.wait(17_000); // 2 s to publish, half a TTL
    expect(share(f, 'west')).toBeCloseTo(0.5 * (0.85 / 2 + 0.1 * 0.95 + 0.05), 1);
    f.wait(20_000);
    expect(share(f, 'west')).toBeGreaterThan(0.5 * (0.1 * 0.8 + 0.05));
    expect(share(f, 'west')).toBeLessThan(0.5 * (0.1 + 0.05));
    f.wait(300_000);
    expect(share(f, 'west')).toBeCloseTo(0.5 * 0.05, 5);
  });

  it('loses the customers of its share until it is left, and none of the others', async () => {
    const f = field(await pair('mode: proxy'));
    f.world.traffic.start(constantly(100));
    f.wait(30_000);
    const fromMs = f.now();
    isolate(f, 'link.cut');
    f.wait(30_000);
    expect(sums(f.traffic, fromMs, f.now(), 'east').okRatio).toBeGreaterThan(0.999);
    const lost = sums(f.traffic, fromMs, f.now());
    expect(lost.asked - lost.ok).toBeGreaterThan(0.5 * 100 * 4);
    expect(lost.asked - lost.ok).toBeLessThan(0.5 * 100 * 9);
  });
});
