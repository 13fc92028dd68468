import { describe, expect, it } from 'vitest';
import type { Behaviour, CallPolicy } from '../../../src/domain/topology.ts';
import {
  between,
  constantPlan,
  createWorld,
  percentile,
  service,
  site,
  topology,
  totals,
  type World,
  workload,
} from './traffic/world.ts';

/** One site with one Service; 4 pods can do 1,786 requests per second together. */
const single = (policy: Partial<CallPolicy> = {}, behaviour: Partial<Behaviour> = {}, replicas = 4) =>
  topology([site('east', [workload('orders', behaviour, replicas)], [service('orders', policy, 'orders')])]);

/** A gateway that calls orders, which commits to a database. */
const chain = (gateway: Partial<CallPolicy>, orders: Partial<CallPolicy>, behaviour: Partial<Behaviour> = {}) =>
  topology([
    site(
      'east',
      [
        workload(
          'gateway',
          {
            calls: ['orders'],
            serviceTimeMs: 5,
            serviceTimeP99Ms: 15,
            concurrency: 50,
            queueMax: behaviour.queueMax ?? 100,
          },
          4,
        ),
        workload('orders', { database: 'postgres', ...behaviour }, 4),
        workload('postgres', { serviceTimeMs: 2, serviceTimeP99Ms: 6 }, 1),
      ],
      [service('gateway', gateway, 'orders'), service('orders', orders)],
    ),
  ]);

const play = (world: World, rates: Record<string, number>, untilMs: number) => {
  world.run(5_000);
  world.traffic.start(constantPlan(rates));
  world.run(untilMs);
};
const okRatio = (world: World, fromMs: number, toMs: number) => {
  const sum = totals(between(world.events, fromMs, toMs));
  return sum.ok / sum.asked;
};
const each = (world: World, name: string, change: object) => {
  for (const pod of world.of('east', name)) world.change(pod, change);
};

describe('traffic in a healthy site', () => {
  it('is answered, at the latency of its services', () => {
    const world = createWorld(chain({}, {}));
    play(world, { app: 400 }, 25_000);
    const sum = totals(world.events);
    expect(sum.asked).toBe(8_000);
    expect(sum.ok + world.events.at(-1)!.inFlight).toBe(8_000);
    expect(percentile(world.events, 0.5)).toBeGreaterThan(25);
    expect(percentile(world.events, 0.5)).toBeLessThan(35);
    expect(percentile(world.events, 0.99)).toBeLessThan(100);
  });

  it('commits each acknowledged order once', () => {
    const world = createWorld(chain({}, {}));
    play(world, { app: 400 }, 25_000);
    expect(world.committed).toEqual({ acknowledged: totals(world.events).ok, indeterminate: 0 });
  });

  it('keeps in flight what Little says', () => {
    const world = createWorld(single());
    play(world, { app: 1_000 }, 15_000);
    expect(world.events.at(-1)!.inFlight).toBeGreaterThan(20);
    expect(world.events.at(-1)!.inFlight).toBeLessThan(32);
  });

  it('shows monitoring what it does: CPU, served and asked rates, capacity', () => {
    const world = createWorld(single({}, { cpuMsPerRequest: 2 }));
    play(world, { app: 1_000 }, 40_000);
    expect(world.traffic.servedRps('east', 'orders')).toBeCloseTo(1_000, 0);
    expect(world.traffic.askedRps('east', 'orders')).toBeCloseTo(1_000, 0);
    expect(world.traffic.cpuCores(world.pods[0]!)).toBeCloseTo(0.5, 3);
    expect(world.traffic.capacityRps('east', 'orders')).toBeCloseTo(40_000 / 22.36, -1);
    expect(world.traffic.servedRps('nowhere', 'orders')).toBe(0);
  });

  it('is held down by a CPU limit below what its concurrency could use', () => {
    const shape = topology([
      site(
        'east',
        [workload('orders', { cpuMsPerRequest: 10 }, 1, { cpuCores: 0.5 })],
        [service('orders', {}, 'orders')],
      ),
    ]);
    const world = createWorld(shape);
    play(world, { app: 200 }, 40_000);
    expect(world.traffic.capacityRps('east', 'orders')).toBeCloseTo(50, 9);
    expect(world.traffic.servedRps('east', 'orders')).toBeLessThanOrEqual(50.1);
    expect(world.traffic.cpuCores(world.pods[0]!)).toBeLessThanOrEqual(0.5 + 1e-9);
  });
});

describe('overload', () => {
  it('sheds what does not fit into the queues and serves at capacity', () => {
    const world = createWorld(single({}, { queueMax: 20 }));
    play(world, { app: 3_000 }, 25_000);
    const sum = totals(between(world.events, 10_000, 25_000));
    expect(sum.reasons.shed! / sum.asked).toBeCloseTo(1 - 1_789 / 3_000, 2);
    expect(sum.ok / 15).toBeGreaterThan(1_700);
  });

  it('shows monitoring that pods serve all they can, whatever is shed before them', () => {
    const world = createWorld(single({}, { queueMax: 20 }));
    play(world, { app: 3_000 }, 25_000);
    expect(world.traffic.servedRps('east', 'orders')).toBeCloseTo(world.traffic.capacityRps('east', 'orders'), 0);
  });

  it('turns waits beyond the time-out into requests with unknown outcome, whose orders may exist', () => {
    const world = createWorld(chain({}, {}, { queueMax: 5_000 }));
    play(world, { app: 3_000 }, 40_000);
    const sum = totals(between(world.events, 20_000, 40_000));
    expect(sum.indeterminate).toBeGreaterThan(sum.ok);
    expect(world.committed.indeterminate).toBeGreaterThan(0);
    expect(world.committed.indeterminate).toBeLessThanOrEqual(totals(world.events).indeterminate);
  });

  it('shows the cliff of midnight at 100 ms', () => {
    const world = createWorld(single());
    const rates = constantPlan({ app: 100 }).channels[0]!;
    world.run(5_000);
    const points = [
      [0, 100],
      [60_000, 100],
      [60_000, 1_000],
      [120_000, 1_000],
    ] as const;
    world.traffic.start({ service: 'orders', channels: [{ ...rates, points, rateRpsPeak: 1_000 }], limitMs: 120_000 });
    world.traffic.play();
    world.run(80_000);
    const after = between(world.events, 65_000, 65_500);
    expect(after.map((event) => event.asked)).toEqual([100, 100, 100, 100, 100]);
    expect(totals(world.events.filter((event) => event.toMs <= 65_000)).asked).toBe(6_000);
  });
});

describe('a slow replica', () => {
  const p99 = (balance: CallPolicy['balance']) => {
    const world = createWorld(single({ balance, timeoutMs: 5_000 }));
    play(world, { app: 400 }, 10_000);
    world.change(world.pods[0]!, { slowFactor: 10 });
    world.run(80_000);
    return percentile(between(world.events, 50_000, 80_000), 0.99);
  };

  it('spoils the tail in turn and at random, far less under least requests', () => {
    const turn = p99('round-robin');
    expect(turn).toBeGreaterThan(400);
    expect(p99('random')).toBeGreaterThanOrEqual(turn);
    expect(p99('weighted-response-time')).toBeLessThanOrEqual(turn);
    const world = (balance: CallPolicy['balance']) => {
      const given = createWorld(single({ balance }));
      play(given, { app: 1_200 }, 10_000);
      given.change(given.pods[0]!, { slowFactor: 10 });
      given.run(60_000);
      return okRatio(given, 40_000, 60_000);
    };
    expect(world('round-robin')).toBeLessThan(0.85);
    expect(world('least-requests')).toBeGreaterThan(0.99);
  });
});

describe('dead pods', () => {
  it('cost their share of the tries while they stay in rotation', () => {
    const world = createWorld(single());
    play(world, { app: 400 }, 10_000);
    world.knobs.controllerActs = false;
    world.change(world.pods[0]!, { truth: 'refusing', ready: false });
    world.run(70_000);
    const sum = totals(between(world.events, 20_000, 70_000));
    expect(sum.reasons.refused! / sum.asked).toBeCloseTo(0.25, 3);
  });

  it('are felt, and felt no more, even when somebody asks for capacity at that instant', () => {
    const world = createWorld(single());
    play(world, { app: 400 }, 10_000);
    world.knobs.controllerActs = false;
    for (const [atMs, truth] of [
      [20_000, 'refusing'],
      [40_000, 'serving'],
    ] as const) {
      world.run(atMs);
      world.change(world.pods[0]!, { truth });
      world.traffic.capacityRps('east', 'orders');
    }
    world.run(60_000);
    expect(okRatio(world, 25_000, 39_000)).toBeCloseTo(0.75, 3);
    expect(okRatio(world, 45_000, 59_000)).toBe(1);
  });

  it('leave open what they were working on', () => {
    const world = createWorld(single());
    play(world, { app: 1_000 }, 10_050);
    world.change(world.pods[0]!, { truth: 'refusing', ready: false });
    world.run(12_000);
    const open = totals(world.events).indeterminate;
    expect(open).toBeGreaterThan(2);
    expect(open).toBeLessThan(12);
  });

  it('are survived with one retry', () => {
    const world = createWorld(single({ retries: 1 }));
    play(world, { app: 400 }, 10_000);
    world.knobs.controllerActs = false;
    world.change(world.pods[0]!, { truth: 'refusing' });
    world.run(40_000);
    expect(okRatio(world, 20_000, 40_000)).toBeCloseTo(15 / 16, 3);
    expect(totals(world.events).retries).toBeGreaterThan(0);
  });

  it('that are silent hold their callers until the time-out, so that a hung service exhausts its gateway', () => {
    const world = createWorld(chain({ timeoutMs: 4_000 }, { timeoutMs: 2_000 }));
    play(world, { app: 400 }, 10_000);
    const before = okRatio(world, 6_000, 10_000);
    world.knobs.controllerActs = false;
    each(world, 'orders', { truth: 'silent' });
    world.run(40_000);
    expect(before).toBeGreaterThan(0.98);
    expect(okRatio(world, 20_000, 40_000)).toBe(0);
    const reasons = totals(between(world.events, 20_000, 40_000)).reasons;
    expect(reasons.shed).toBeGreaterThan(0);
  });

  it('that are all gone leave nobody to answer', () => {
    const world = createWorld(single());
    play(world, { app: 100 }, 10_000);
    for (const pod of world.of('east', 'orders')) world.remove(pod);
    world.run(20_000);
    const sum = totals(between(world.events, 12_000, 20_000));
    expect(sum).toMatchObject({ asked: 800, ok: 0, reasons: { refused: 800 } });
    expect(world.traffic.capacityRps('east', 'orders')).toBe(0);
  });
});

describe('a retry storm', () => {
  const storm = (policy: Partial<CallPolicy>) => {
    const world = createWorld(single({ retries: 3, ...policy }, { queueMax: 2_000 }));
    play(world, { app: 1_000 }, 15_000);
    expect(okRatio(world, 10_000, 15_000)).toBeGreaterThan(0.99);
    each(world, 'orders', { slowFactor: 4 });
    world.run(35_000);
    each(world, 'orders', { slowFactor: 1 });
    world.run(180_000);
    return okRatio(world, 160_000, 180_000);
  };

  it('keeps a service down after its cause is gone', () => {
    expect(storm({})).toBeLessThan(0.2);
  });

  it('ends by itself without retries, with a retry budget, or with a breaker', () => {
    expect(storm({ retries: 0 })).toBeGreaterThan(0.99);
    expect(storm({ retryBudgetRatio: 0.1 })).toBeGreaterThan(0.99);
    expect(storm({ breaker: { errorRatioMin: 0.5, volumeMin: 20, windowMs: 10_000, sleepMs: 5_000 } })).toBeGreaterThan(
      0.99,
    );
  });
});

describe('a breaker', () => {
  it('opens on errors, spares the service, and closes when it works again', () => {
    const breaker = { errorRatioMin: 0.5, volumeMin: 20, windowMs: 10_000, sleepMs: 5_000 };
    const world = createWorld(chain({}, { breaker }));
    const turned: string[] = [];
    world.traffic.breakerChanged.on(({ site: where, service: of }) =>
      turned.push(`${where}/${of} ${world.traffic.breaker(where, of)}`),
    );
    play(world, { app: 300 }, 10_000);
    each(world, 'orders', { truth: 'erring' });
    world.run(14_000);
    expect(world.traffic.breaker('east', 'orders')).toBe('closed');
    world.run(18_000);
    expect(world.traffic.breaker('east', 'orders')).toBe('open');
    expect(totals(between(world.events, 17_000, 18_000)).reasons.broken).toBeGreaterThan(0);
    each(world, 'orders', { truth: 'serving' });
    world.run(40_000);
    expect(world.traffic.breaker('east', 'orders')).toBe('closed');
    expect(okRatio(world, 30_000, 40_000)).toBe(1);
    expect(turned[0]).toBe('east/orders open');
    expect(turned.at(-1)).toBe('east/orders closed');
  });
});

describe('a noisy channel', () => {
  const noisy = (policy: Partial<CallPolicy>) => {
    const world = createWorld(single(policy));
    play(world, { app: 400, partner: 126 * 40 }, 30_000);
    const of = (channel: string) => totals(world.events.filter((e) => e.channel === channel && e.fromMs >= 10_000));
    return { app: of('app'), partner: of('partner') };
  };

  it('is limited while the others are unaffected', () => {
    const { app, partner } = noisy({ rateLimitRps: { partner: 200 } });
    expect(app.ok / app.asked).toBeGreaterThan(0.99);
    expect(partner.reasons.limited! / partner.asked).toBeCloseTo(1 - 200 / (126 * 40), 2);
  });

  it('makes the others suffer without a limit', () => {
    const { app, partner } = noisy({});
    expect(app.ok / app.asked).toBeLessThan(0.5);
    expect(Math.abs(app.ok / app.asked - partner.ok / partner.asked)).toBeLessThan(0.02);
  });
});

describe('a database that takes no writes', () => {
  it('fails orders without leaving them open, and they go well again after', () => {
    const world = createWorld(chain({}, {}));
    play(world, { app: 400 }, 10_000);
    world.knobs.writable = false;
    world.change(world.of('east', 'postgres')[0]!, { truth: 'refusing' });
    world.run(20_000);
    const acknowledged = world.committed.acknowledged;
    expect(totals(between(world.events, 10_000, 11_000)).ok).toBe(0);
    expect(totals(between(world.events, 11_000, 20_000)).reasons.error).toBe(3_600);
    world.run(21_000);
    expect(world.committed.acknowledged).toBe(acknowledged);
    world.knobs.writable = true;
    world.change(world.of('east', 'postgres')[0]!, { truth: 'serving' });
    world.run(30_000);
    expect(okRatio(world, 22_000, 30_000)).toBeGreaterThan(0.99);
  });
});

describe('two sites', () => {
  const desk = (name: string) => site(name, [workload('orders', {}, 4)], [service('orders', {}, 'orders')]);

  it('lose what goes to an unreachable site until the balancer has noticed', () => {
    const world = createWorld(topology([desk('east'), desk('west')]));
    play(world, { app: 400 }, 20_000);
    world.knobs.reachable.east = false;
    world.networkChanged();
    world.run(60_000);
    const sum = totals(between(world.events, 20_000, 30_000));
    expect(sum.reasons.unavailable! / 200).toBeGreaterThan(3);
    expect(sum.reasons.unavailable! / 200).toBeLessThan(8);
    expect(okRatio(world, 30_000, 60_000)).toBe(1);
  });

  it('refuse everybody when customers can go nowhere', () => {
    const world = createWorld(topology([desk('east'), desk('west')]));
    play(world, { app: 100 }, 10_000);
    world.routing.setWeights({ east: 0, west: 0 });
    world.run(12_000);
    const last = world.events.at(-1)!;
    expect(last.site).toBe('-');
    expect(last.failed).toEqual({ refused: 10 });
  });
});

describe('a wide bucket', () => {
  it('ends where something changes, so that damage never reaches back', () => {
    const world = createWorld(single());
    play(world, { app: 400 }, 84_350);
    const wide = world.events.at(-1)!;
    expect(wide.toMs - wide.fromMs).toBeGreaterThan(500);
    world.knobs.controllerActs = false;
    each(world, 'orders', { truth: 'refusing' });
    world.run(86_000);
    const before = world.events.filter((event) => event.fromMs >= 70_000 && event.toMs <= 84_300);
    expect(before.at(-1)!.toMs).toBe(84_300);
    expect(totals(before).failed).toBe(0);
    expect(okRatio(world, 84_400, 86_000)).toBe(0);
  });
});
