import { describe, expect, it } from 'vitest';
import { worker, workloadOf, workloadWorld } from './world.ts';

const count = (world: ReturnType<typeof workloadWorld>, name: string) => {
  const counts = new Map<string, number>();
  for (const pod of world.live(name)) if (pod.node !== undefined) counts.set(pod.node, (counts.get(pod.node) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => a - b);
};
const pending = (world: ReturnType<typeof workloadWorld>, name: string) =>
  world.live(name).filter((pod) => pod.node === undefined).length;
const spreadBy = (topologyKey: string, maxSkew = 1) => ({
  maxSkew,
  topologyKey,
  whenUnsatisfiable: 'DoNotSchedule' as const,
  selector: { labels: { app: 'orders' }, expressions: [] },
});
const requests = (cpuCores: number, memoryMiB = 64) => ({ requests: { cpuCores, memoryMiB } });

describe('the scheduler', () => {
  it('leaves pods pending when nothing fits, by CPU, memory or number of pods, and places them when something is freed', () => {
    for (const [template, node, fit] of [
      [requests(3), {}, 6],
      [requests(0.1, 8_000), {}, 6],
      [requests(0), { podsMax: 2 }, 6],
    ] as const) {
      const world = workloadWorld([workloadOf('orders', { replicas: 8, template })], { node: () => node });
      world.workloads.deploy('east');
      world.runFor(60_000);
      expect(world.ready('orders')).toBe(fit);
      expect(pending(world, 'orders')).toBe(2);
      world.workloads.scale('east', 'orders', 6);
      world.runFor(60_000);
      expect(world.whole('orders')).toBe(true);
    }
  });

  it('counts what is requested on a node', () => {
    const world = workloadWorld([workloadOf('orders', { replicas: 4, template: requests(0.25) })], { workers: 1 });
    world.deployed();
    expect(world.workloads.requestedCpu(worker(1))).toBe(1);
    world.workloads.scale('east', 'orders', 1);
    world.runFor(60_000);
    expect(world.workloads.requestedCpu(worker(1))).toBe(0.25);
  });

  it('keeps off cordoned, tainted and unready nodes, and comes back to them', () => {
    const world = workloadWorld([workloadOf('orders', { replicas: 9 })]);
    world.nodes.cordon(worker(2), true);
    world.deployed();
    expect(world.live('orders').some((pod) => pod.node === worker(2) || pod.node === 'east-control-plane')).toBe(false);
    world.nodes.cordon(worker(2), false);
    world.workloads.scale('east', 'orders', 12);
    world.runFor(60_000);
    expect(world.live('orders').filter((pod) => pod.node === worker(2))).toHaveLength(3);
  });

  it('runs pods on control planes only when they tolerate it', () => {
    const tolerations = [{ key: '', operator: 'Exists', value: '', effect: '' }] as const;
    const world = workloadWorld([workloadOf('orders', { replicas: 8, template: { tolerations } })]);
    world.deployed();
    expect(count(world, 'orders')).toEqual([2, 2, 2, 2]);
  });

  it('follows a nodeSelector', () => {
    const world = workloadWorld([workloadOf('orders', { template: { nodeSelector: { disk: 'fast' } } })], {
      node: (_, i) => (i === 2 ? { labels: { disk: 'fast' } } : {}),
    });
    world.deployed();
    expect(count(world, 'orders')).toEqual([3]);
  });

  it('spreads replicas over nodes without being asked', () => {
    const world = workloadWorld([workloadOf('orders', { replicas: 12 }), workloadOf('stock', { replicas: 3 })], {
      workers: 6,
    });
    world.deployed();
    expect(count(world, 'orders')).toEqual([2, 2, 2, 2, 2, 2]);
    expect(count(world, 'stock')).toEqual([1, 1, 1]);
  });

  it('DoNotSchedule over zones holds the skew', () => {
    const zone = (_: unknown, i: number) => ({ labels: { zone: i === 1 ? 'a' : 'b' } });
    const template = { topologySpread: [spreadBy('zone')] };
    const world = workloadWorld([workloadOf('orders', { replicas: 8, template })], { node: zone });
    world.deployed();
    expect(world.live('orders').filter((pod) => pod.node === worker(1))).toHaveLength(4);
  });

  it('DoNotSchedule over host names counts tainted control planes as empty: one pod per worker, the rest waits', () => {
    const template = { topologySpread: [spreadBy('kubernetes.io/hostname')] };
    const world = workloadWorld([workloadOf('orders', { replicas: 5, template })]);
    world.workloads.deploy('east');
    world.runFor(60_000);
    expect(count(world, 'orders')).toEqual([1, 1, 1]);
    expect(pending(world, 'orders')).toBe(2);
  });

  it('required anti-affinity puts one pod on a node and keeps others off it', () => {
    const apart = (app: string) => [
      { topologyKey: 'kubernetes.io/hostname', selector: { labels: { app }, expressions: [] }, required: true },
    ];
    const orders = workloadOf('orders', { replicas: 2, template: { antiAffinity: apart('orders') } });
    const stock = workloadOf('stock', { replicas: 2, template: { antiAffinity: apart('orders') } });
    const world = workloadWorld([orders, stock]);
    world.workloads.deploy('east');
    world.runFor(60_000);
    expect(count(world, 'orders')).toEqual([1, 1]);
    expect(count(world, 'stock')).toEqual([2]);
    world.workloads.scale('east', 'orders', 4);
    world.runFor(60_000);
    expect(pending(world, 'orders')).toBe(2); // the third worker is shunned by stock
  });

  it('places at most 50 pods a second', () => {
    const world = workloadWorld([workloadOf('orders', { replicas: 400 })], { workers: 10 });
    world.machines.hold('east-control-plane', 'kube-scheduler');
    world.runFor(20_000);
    world.workloads.deploy('east');
    world.waitFor(() => world.pods('orders').length === 400);
    world.machines.release('east-control-plane', 'kube-scheduler');
    world.waitFor(() => pending(world, 'orders') < 300);
    const startMs = world.kernel.now();
    world.waitFor(() => pending(world, 'orders') === 0);
    expect(world.kernel.now() - startMs).toBeGreaterThan(5_500);
  });
});
