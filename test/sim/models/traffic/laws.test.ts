import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Traffic } from '../../../../src/domain/event.ts';
import type { LoadPlan } from '../../../../src/domain/load.ts';
import type { CallPolicy, Service, Workload } from '../../../../src/domain/topology.ts';
import { between, createWorld, service, site, topology, totals, type World, workload } from './world.ts';

const names = ['gateway', 'orders', 'stock', 'postgres'] as const;
const balance = fc.constantFrom<CallPolicy['balance']>(
  'round-robin',
  'least-requests',
  'weighted-response-time',
  'random',
);
const policies: fc.Arbitrary<CallPolicy> = fc
  .record({
    balance,
    timeoutMs: fc.constantFrom(50, 1000, 3000),
    retries: fc.nat(3),
    budget: fc.option(fc.constantFrom(0, 0.1), { nil: undefined }),
    breaker: fc.boolean(),
    limit: fc.option(fc.nat(200), { nil: undefined }),
  })
  .map(({ balance, timeoutMs, retries, budget, breaker, limit }) => ({
    balance,
    timeoutMs,
    retries,
    ...(budget === undefined ? {} : { retryBudgetRatio: budget }),
    ...(breaker ? { breaker: { errorRatioMin: 0.5, volumeMin: 20, windowMs: 2000, sleepMs: 1000 } } : {}),
    rateLimitRps: limit === undefined ? {} : { partner: limit },
  }));
const specs: fc.Arbitrary<Workload>[] = names.map((name) =>
  fc
    .record({
      replicas: fc.nat(3),
      serviceTimeMs: fc.constantFrom(0.5, 20, 400),
      concurrency: fc.constantFrom(0, 1, 10),
      queueMax: fc.constantFrom(0, 10, 3000),
      calls: fc.uniqueArray(fc.constantFrom('gateway', 'orders', 'stock', 'nobody'), { maxLength: 2 }),
      database: fc.option(fc.constantFrom('postgres', 'nothing'), { nil: undefined }),
      cpu: fc.option(fc.constantFrom(0.01, 2), { nil: undefined }),
    })
    .map(({ replicas, cpu, database, serviceTimeMs, ...rest }) =>
      workload(
        name,
        { ...rest, serviceTimeMs, serviceTimeP99Ms: serviceTimeMs * 3, ...(database ? { database } : {}) },
        replicas,
        cpu === undefined ? {} : { cpuCores: cpu },
      ),
    ),
);
const sites = (count: number) =>
  fc
    .tuple(fc.tuple(...specs), fc.tuple(policies, policies, policies), fc.boolean())
    .map(([workloads, given, serves]) => {
      const services: Service[] = ['gateway', 'orders', 'stock'].map((name, i) =>
        service(name, given[i]!, i === 0 && serves ? 'orders' : undefined),
      );
      return Array.from({ length: count }, (_, i) => site(['east', 'west'][i]!, workloads, services));
    });
const plans: fc.Arbitrary<LoadPlan> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: -5, max: 3000 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((points) => {
    const sorted = [...points].sort((a, b) => a[0] - b[0]).map(([ms, rate], i) => [i === 0 ? 0 : ms, rate] as const);
    return {
      service: 'orders',
      channels: [
        { name: 'app', points: sorted, rateRpsBase: 37, rateRpsPeak: 3000 },
        { name: 'partner', points: [[0, 3.3]] as const, rateRpsBase: 3.3, rateRpsPeak: 3.3 },
      ],
      limitMs: 15_000,
    };
  });
type Deed = (world: World) => void;
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc.tuple(fc.nat(30), fc.constantFrom('serving', 'refusing', 'silent', 'erring'), fc.constantFrom(1, 0.5, 10)).map(
    ([at, truth, slowFactor]): Deed =>
      (world) => {
        const pod = world.pods[at % Math.max(1, world.pods.length)];
        if (pod !== undefined) world.change(pod, { truth: truth as 'serving', slowFactor });
      },
  ),
  fc.nat(30).map(
    (at): Deed =>
      (world) => {
        const pod = world.pods[at % Math.max(1, world.pods.length)];
        if (pod !== undefined) world.remove(pod);
      },
  ),
  fc.constant<Deed>((world) => void world.add('east', 'orders')),
  fc.boolean().map(
    (on): Deed =>
      (world) => {
        world.knobs.reachable.east = on;
        world.networkChanged();
      },
  ),
  fc.boolean().map(
    (on): Deed =>
      (world) => {
        world.knobs.writable = on;
        world.change(world.of('east', 'postgres')[0] ?? world.add('east', 'postgres'), {});
      },
  ),
  fc.tuple(fc.constantFrom(0, 1, 50), fc.constantFrom(0, 1)).map(
    ([east, west]): Deed =>
      (world) =>
        world.routing.setWeights({ east, west }),
  ),
);

/** Checks every stream of events by itself. */
function expectConserved(events: readonly Traffic[]): void {
  const inFlight = new Map<string, number>();
  const until = new Map<string, number>();
  for (const event of events) {
    const key = `${event.site}|${event.channel}`;
    const failed = Object.values(event.failed).reduce((a, b) => a + b, 0);
    const before = inFlight.get(key) ?? 0;
    const counts = [event.asked, event.ok, event.indeterminate, event.inFlight, ...Object.values(event.failed)];
    const sound = [
      event.asked + before === event.ok + failed + event.indeterminate + event.inFlight,
      counts.every((count) => Number.isInteger(count) && count >= 0),
      event.latency.reduce((sum, [, count]) => sum + count, 0) === event.ok,
      event.latency.every(([ms], i) => Number.isFinite(ms) && ms >= 0 && (i === 0 || ms > event.latency[i - 1]![0])),
      event.latency.length <= 12,
      event.fromMs >= (until.get(key) ?? 0) && event.toMs > event.fromMs,
    ];
    if (sound.includes(false)) expect.fail(`${sound.join(' ')}: ${JSON.stringify(event)} after ${before} in flight`);
    inFlight.set(key, event.inFlight);
    until.set(key, event.toMs);
  }
}

describe('laws of traffic', () => {
  it('asked = ok + failed + indeterminate + change of in flight, exactly, per site and channel, whatever happens', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 }).chain(sites),
        plans,
        fc.array(fc.tuple(fc.integer({ min: 1, max: 4000 }), deeds), { maxLength: 8 }),
        fc.constantFrom<'proxy' | 'dns'>('proxy', 'dns'),
        (given, plan, happenings, mode) => {
          const shape = topology(given);
          const world = createWorld({ ...shape, globalLoadBalancer: { ...shape.globalLoadBalancer, mode } });
          world.run(1_000);
          world.traffic.start(plan);
          world.run(2_345);
          world.traffic.play();
          let now = 2_345;
          for (const [waitMs, deed] of happenings) {
            now += waitMs;
            world.run(now);
            deed(world);
          }
          world.run(now + 5_000);
          world.traffic.stop();
          world.run(now + 60_000);
          expectConserved(world.events);
          const sum = totals(world.events);
          expect(sum.asked).toBe(sum.ok + sum.failed + sum.indeterminate);
          expect(world.committed.acknowledged).toBeLessThanOrEqual(sum.ok);
          expect(world.committed.indeterminate).toBeLessThanOrEqual(sum.indeterminate);
        },
      ),
      { seed: 11, numRuns: 60 },
    );
  });

  it('asks as many as the curve says, however time is cut', () => {
    const world = createWorld(topology([site('east', [workload('orders')], [service('orders', {}, 'orders')])]));
    world.run(1_000);
    const points = [
      [0, 10],
      [10_000, 110],
      [20_000, 0],
      [30_000, 0],
    ] as const;
    world.traffic.start({
      service: 'orders',
      channels: [{ name: 'app', points, rateRpsBase: 0, rateRpsPeak: 110 }],
      limitMs: 30_000,
    });
    world.run(1_777);
    world.traffic.play();
    for (let ms = 2_000; ms < 40_000; ms += 777) {
      world.run(ms);
      world.networkChanged();
    }
    expect(totals(world.events).asked).toBe(600 + 550);
  });

  it('more capacity per pod never lowers the orders served, with the same pods, the same victim and the same streams', () => {
    fc.assert(
      fc.property(
        balance,
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 200, max: 3000 }),
        fc.constantFrom(1, 10, 50),
        (rule, retries, rate, slowFactor) => {
          const served = (concurrency: number) => {
            const world = createWorld(
              topology([
                site(
                  'east',
                  [workload('orders', { concurrency, queueMax: 40 }, 4)],
                  [service('orders', { balance: rule, retries }, 'orders')],
                ),
              ]),
            );
            world.run(2_000);
            world.traffic.start({
              service: 'orders',
              channels: [{ name: 'app', points: [[0, rate]], rateRpsBase: rate, rateRpsPeak: rate }],
              limitMs: 60_000,
            });
            world.run(6_000);
            world.change(world.pods[1]!, slowFactor === 1 ? { truth: 'refusing' } : { slowFactor });
            world.run(12_000);
            world.traffic.stop();
            world.run(30_000);
            return totals(world.events).ok;
          };
          const counts = [4, 8, 16, 32].map(served);
          for (let i = 1; i < counts.length; i++)
            expect(counts[i]!, counts.join(' ')).toBeGreaterThanOrEqual(counts[i - 1]!);
        },
      ),
      { seed: 5, numRuns: 25 },
    );
  });

  it('tells the same story twice', () => {
    const story = () => {
      const world = createWorld(
        topology([site('east', [workload('orders', {}, 4)], [service('orders', { retries: 2 }, 'orders')])]),
        'abc',
      );
      world.run(3_000);
      world.traffic.start({
        service: 'orders',
        channels: [{ name: 'app', points: [[0, 2100]], rateRpsBase: 2100, rateRpsPeak: 2100 }],
        limitMs: 9,
      });
      world.run(5_021);
      world.change(world.pods[2]!, { truth: 'silent' });
      world.run(20_000);
      return JSON.stringify(world.events);
    };
    expect(story()).toBe(story());
  });

  it('drains when stopped, and then costs nothing', () => {
    const world = createWorld(topology([site('east', [workload('orders')], [service('orders', {}, 'orders')])]));
    world.run(3_000);
    world.traffic.start({
      service: 'orders',
      channels: [{ name: 'app', points: [[0, 300]], rateRpsBase: 300, rateRpsPeak: 300 }],
      limitMs: 9,
    });
    world.run(10_000);
    world.traffic.stop();
    world.run(20_000);
    expect(world.events.at(-1)!.inFlight).toBe(0);
    expect(totals(between(world.events, 10_000, 20_000)).asked).toBe(0);
    expect(world.kernel.nextMs()).toBe(Number.POSITIVE_INFINITY);
  });
});
