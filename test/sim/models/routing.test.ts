import { describe, expect, it } from 'vitest';
import type { GlobalLoadBalancer } from '../../../src/domain/between-sites.ts';
import { createWorld, service, site, topology, workload } from './traffic/world.ts';

const desk = (name: string, replicas = 4) =>
  site(name, [workload('orders', {}, replicas)], [service('orders', {}, 'orders')]);
const balancer = (given: Partial<GlobalLoadBalancer>): { globalLoadBalancer: GlobalLoadBalancer } => ({
  globalLoadBalancer: {
    mode: 'proxy',
    check: { path: '/ready', intervalMs: 2000, timeoutMs: 1000, fall: 3, rise: 2 },
    weights: { east: 50, west: 50 },
    ...given,
  },
});

describe('endpoints', () => {
  it('follow readiness within 0.3 s', () => {
    const world = createWorld(topology([desk('east')]));
    world.run(5_000);
    expect(world.routing.targets('east', 'orders')).toHaveLength(4);
    world.change(world.of('east', 'orders')[0]!, { ready: false });
    world.run(5_040);
    expect(world.routing.targets('east', 'orders')).toHaveLength(4);
    world.run(5_301);
    expect(world.routing.targets('east', 'orders')).toHaveLength(3);
    expect(world.routing.endpointsReady('east', 'orders')).toBe(3);
  });

  it('are programmed at most once a second under churn, after a burst of two', () => {
    const world = createWorld(topology([desk('east', 20)]));
    world.run(5_000);
    let programmed = 0;
    let seen = 20;
    for (let i = 0; i < 20; i++) {
      world.change(world.of('east', 'orders')[i]!, { ready: false });
      world.run(5_000 + (i + 1) * 200);
      const now = world.routing.targets('east', 'orders').length;
      if (now !== seen) programmed++;
      seen = now;
    }
    expect(programmed).toBeGreaterThanOrEqual(4);
    expect(programmed).toBeLessThanOrEqual(6);
    world.run(11_000);
    expect(world.routing.targets('east', 'orders')).toHaveLength(0);
  });

  it('leave a terminating pod out, but use terminating pods that still serve when no other is left', () => {
    const world = createWorld(topology([desk('east', 2)]));
    world.run(5_000);
    const [first, second] = world.of('east', 'orders') as [never, never];
    world.change(first, { deletedMs: 5_000 });
    world.run(7_000);
    expect(world.routing.targets('east', 'orders')).toEqual([second]);
    world.change(second, { deletedMs: 7_000 });
    world.run(9_000);
    expect(world.routing.targets('east', 'orders')).toHaveLength(2);
    expect(world.routing.endpointsReady('east', 'orders')).toBe(0);
  });

  it('keep a dead pod in rotation while no controller-manager acts, and drop it once one does', () => {
    const world = createWorld(topology([desk('east')]));
    world.run(5_000);
    world.knobs.controllerActs = false;
    world.change(world.of('east', 'orders')[0]!, { ready: false, truth: 'refusing' });
    world.run(600_000);
    expect(world.routing.targets('east', 'orders')).toHaveLength(4);
    world.knobs.controllerActs = true;
    world.controlChanged();
    world.run(601_000);
    expect(world.routing.targets('east', 'orders')).toHaveLength(3);
  });

  it('stay as programmed while watches are dead though the API knows better', () => {
    const world = createWorld(topology([desk('east')]));
    world.run(5_000);
    world.knobs.watches = false;
    world.controlChanged();
    world.change(world.of('east', 'orders')[0]!, { ready: false });
    world.run(60_000);
    expect(world.routing.endpointsReady('east', 'orders')).toBe(3);
    expect(world.routing.targets('east', 'orders')).toHaveLength(4);
    world.knobs.watches = true;
    world.controlChanged();
    world.run(61_000);
    expect(world.routing.targets('east', 'orders')).toHaveLength(3);
  });

  it('are empty for a Service or a site that does not exist', () => {
    const world = createWorld(topology([desk('east')]));
    expect(world.routing.targets('east', 'nothing')).toEqual([]);
    expect(world.routing.targets('nowhere', 'orders')).toEqual([]);
    expect(world.routing.endpointsReady('nowhere', 'orders')).toBe(0);
  });
});

describe('the global load balancer', () => {
  const fail = (world: ReturnType<typeof createWorld>, name: string) => {
    world.knobs.reachable[name] = false;
    world.networkChanged();
  };

  it('takes a silent site out after its checks have failed three times, and back after two that pass', () => {
    const world = createWorld(topology([desk('east'), desk('west')]));
    world.run(20_000);
    fail(world, 'east');
    world.run(24_000);
    expect(world.routing.healthy('east')).toBe(true);
    world.run(27_000);
    expect(world.routing.healthy('east')).toBe(false);
    expect(world.routing.siteInRotation('east')).toBe(false);
    expect([...world.routing.shares()]).toEqual([
      ['east', 0],
      ['west', 1],
    ]);
    world.knobs.reachable.east = true;
    world.networkChanged();
    world.run(31_100);
    expect(world.routing.shares().get('east')).toBe(0.5);
  });

  it('takes a site out whose every target refuses, and keeps one with a single good pod', () => {
    const world = createWorld(topology([desk('east'), desk('west')]));
    world.run(20_000);
    for (const pod of world.of('east', 'orders').slice(1)) world.change(pod, { truth: 'refusing' });
    world.run(40_000);
    expect(world.routing.healthy('east')).toBe(true);
    world.change(world.of('east', 'orders')[0]!, { slowFactor: 100 });
    world.run(60_000);
    expect(world.routing.healthy('east')).toBe(false);
  });

  it('sends customers nowhere when no site is healthy, or when every weight is 0', () => {
    const world = createWorld(topology([desk('east'), desk('west')]));
    world.run(20_000);
    world.routing.setWeights({ east: 0, west: 0 });
    expect([...world.routing.shares().values()]).toEqual([0, 0]);
    world.routing.setWeights({ east: 1, west: 3, north: 7 });
    expect([...world.routing.shares().values()]).toEqual([0.25, 0.75]);
    fail(world, 'east');
    fail(world, 'west');
    world.run(40_000);
    expect([...world.routing.shares().values()]).toEqual([0, 0]);
  });

  it('moves customers over the TTL where sites are found by DNS, and answers with all sites when none is healthy', () => {
    const dns = { ttlSeconds: 30, honourRatio: 1, clampRatio: 0, ignoreRatio: 0, clampSeconds: 300 };
    const world = createWorld(topology([desk('east'), desk('west')], balancer({ mode: 'dns', dns })));
    world.run(120_000);
    world.routing.setWeights({ east: 0, west: 100 });
    world.run(137_000);
    expect(world.routing.shares().get('east')).toBeCloseTo(0.25, 2);
    world.run(152_001);
    expect(world.routing.shares().get('east')).toBe(0);
    fail(world, 'east');
    fail(world, 'west');
    world.run(300_000);
    expect(world.routing.healthy('west')).toBe(false);
    expect(world.routing.shares().get('west')).toBeCloseTo(1, 9);
  });

  it('costs no event while nothing is wrong', () => {
    const world = createWorld(topology([desk('east'), desk('west')]));
    world.run(60_000);
    expect(world.kernel.nextMs()).toBe(Number.POSITIVE_INFINITY);
  });
});
