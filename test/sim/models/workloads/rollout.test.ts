import { describe, expect, it } from 'vitest';
import type { Workload } from '../../../../src/domain/topology.ts';
import { probeOf, type WorkloadWish, workloadOf, workloadWorld } from './world.ts';

const deployed = (wish: WorkloadWish, name = 'orders') => {
  const world = workloadWorld([workloadOf(name, wish)], { workers: 4 });
  world.deployed();
  return world;
};
const release = (
  world: ReturnType<typeof deployed>,
  quality: Workload['behaviour']['release'] = 'good',
  image = 'orders:2',
) => world.workloads.release('east', 'orders', image, quality);

describe('rollouts of a Deployment', () => {
  it.each([
    [1, 0],
    [0, 1],
    [2, 2],
  ])(
    'a good release with surge %i and unavailable %i keeps enough pods and ends on the new revision',
    (surge, down) => {
      const rollout = { maxSurge: { count: surge }, maxUnavailable: { count: down } };
      const world = deployed({ replicas: 6, rollout });
      let least = 6;
      let most = 6;
      world.workloads.podChanged.on(() => {
        least = Math.min(least, world.ready('orders'));
        most = Math.max(most, world.live('orders').length);
      });
      release(world);
      expect(world.status('orders')).toMatchObject({ revision: 2, updated: 0, rolledOut: false });
      expect(world.waitFor(() => world.status('orders').rolledOut)).toBeDefined();
      expect(least).toBe(6 - down);
      expect(most).toBeLessThanOrEqual(6 + surge);
      expect(world.live('orders').every((pod) => pod.revision === 2)).toBe(true);
    },
  );

  it.each(['never-ready', 'crash'] as const)(
    'a release that is %s stalls at the boundary and the old keeps serving',
    (quality) => {
      const world = deployed({ replicas: 10, rollout: { progressDeadlineSeconds: 120 } });
      release(world, quality);
      world.runFor(900_000);
      expect(world.ready('orders')).toBe(8);
      expect(world.live('orders')).toHaveLength(13);
      expect(world.status('orders')).toMatchObject({ updated: 5, stuck: true, rolledOut: false });
    },
  );

  it('is called stuck only after its progress deadline, and the rollback brings the old revision back under a new number', () => {
    const world = deployed({ replicas: 4, rollout: { progressDeadlineSeconds: 60 } });
    release(world, 'never-ready');
    world.runFor(50_000);
    expect(world.status('orders').stuck).toBe(false);
    world.runFor(60_000);
    expect(world.status('orders').stuck).toBe(true);
    world.workloads.rollback('east', 'orders');
    expect(world.waitFor(() => world.status('orders').rolledOut, 60_000)).toBeDefined();
    expect(world.status('orders')).toMatchObject({ revision: 3, stuck: false, updated: 4 });
    expect(world.workloads.spec('east', 'orders').behaviour.release).toBe('good');
    expect(world.live('orders').every((pod) => pod.truth === 'serving' && pod.revision === 3)).toBe(true);
  });

  it('a release whose requests fail is ready by its probe and rolls out', () => {
    const world = deployed({});
    release(world, 'errors');
    expect(world.waitFor(() => world.status('orders').rolledOut)).toBeDefined();
    expect(world.live('orders').map((pod) => pod.truth)).toEqual(['erring', 'erring', 'erring']);
  });

  it('tells its listeners when a change that changes nothing has been seen', () => {
    const world = deployed({});
    let last = true;
    world.workloads.workloadChanged.on(() => {
      last = world.status('orders').rolledOut;
    });
    world.workloads.scale('east', 'orders', 3);
    expect(last).toBe(false);
    world.runFor(1_000);
    expect(last).toBe(true);
  });

  it('Recreate has no new pod before the last old one is gone', () => {
    const world = deployed({ rollout: { strategy: 'Recreate' } });
    let mixed = false;
    world.workloads.podChanged.on(() => {
      mixed ||= new Set(world.pods('orders').map((pod) => pod.revision)).size > 1;
    });
    release(world);
    expect(world.waitFor(() => world.status('orders').rolledOut)).toBeDefined();
    expect(mixed).toBe(false);
  });

  it('minReadySeconds slows every step', () => {
    const time = (minReadySeconds: number) => {
      const world = deployed({ replicas: 4, rollout: { minReadySeconds } });
      const startMs = world.kernel.now();
      release(world);
      world.runFor(1_000);
      return world.waitFor(() => world.status('orders').rolledOut)! - startMs;
    };
    expect(time(20)).toBeGreaterThan(time(0) + 20_000);
  });

  it('scaling in the middle of a rollout ends at the new size on the new revision', () => {
    const world = deployed({ replicas: 8 });
    release(world);
    world.runFor(3_000);
    world.workloads.scale('east', 'orders', 12);
    world.runFor(1_000);
    expect(world.waitFor(() => world.status('orders').rolledOut)).toBeDefined();
    expect(world.live('orders')).toHaveLength(12);
  });

  it('scaling down gives up pods that are not ready first', () => {
    const world = deployed({ replicas: 4 });
    const bad = world.live('orders')[0]!;
    world.workloads.hang(bad, true);
    world.waitFor(() => !bad.ready);
    world.workloads.scale('east', 'orders', 3);
    world.runFor(1_000);
    expect(bad.deletedMs).toBeDefined();
    expect(world.ready('orders')).toBe(3);
  });
});

describe('rollouts of a StatefulSet', () => {
  const ordinals = (world: ReturnType<typeof deployed>) => world.pods('orders').map((pod) => pod.name);

  it('starts in order, each after the one before is ready', () => {
    const world = workloadWorld([workloadOf('orders', { kind: 'StatefulSet' })]);
    world.workloads.deploy('east');
    let early = false;
    world.workloads.podChanged.on(() => {
      early ||= world.pods('orders').length > world.ready('orders') + 1;
    });
    world.waitFor(() => world.status('orders').rolledOut);
    expect(ordinals(world)).toEqual(['orders-0', 'orders-1', 'orders-2']);
    expect(early).toBe(false);
  });

  it('in parallel all start at once', () => {
    const world = workloadWorld([
      workloadOf('orders', { kind: 'StatefulSet', rollout: { podManagement: 'Parallel' } }),
    ]);
    world.workloads.deploy('east');
    world.runFor(500);
    expect(world.pods('orders')).toHaveLength(3);
  });

  it('rolls in reverse, one at a time, never two of one identity', () => {
    const world = deployed({ kind: 'StatefulSet' });
    const deleted: string[] = [];
    let least = 3;
    let twins = false;
    world.workloads.podChanged.on((pod) => {
      if (pod.deletedMs === world.kernel.now() && !deleted.includes(pod.name)) deleted.push(pod.name);
      least = Math.min(least, world.ready('orders'));
      twins ||= new Set(ordinals(world)).size < ordinals(world).length;
    });
    release(world);
    expect(world.waitFor(() => world.status('orders').rolledOut)).toBeDefined();
    expect(deleted).toEqual(['orders-2', 'orders-1', 'orders-0']);
    expect([least, twins]).toEqual([2, false]);
  });

  it('leaves ordinals below the partition alone', () => {
    const world = deployed({ kind: 'StatefulSet', rollout: { partition: 2 } });
    release(world);
    world.runFor(300_000);
    const revisions = Object.fromEntries(world.pods('orders').map((pod) => [pod.name, pod.revision]));
    expect(revisions).toEqual({ 'orders-0': 1, 'orders-1': 1, 'orders-2': 2 });
  });

  it('a broken release stops at its first pod and a rollback alone does not free it', () => {
    const world = deployed({ kind: 'StatefulSet' });
    release(world, 'never-ready');
    world.runFor(300_000);
    expect(world.ready('orders')).toBe(2);
    world.workloads.rollback('east', 'orders');
    world.runFor(300_000);
    expect(world.ready('orders')).toBe(2);
    world.workloads.delete(world.workloads.find('orders-2', 'east')!);
    expect(world.waitFor(() => world.status('orders').rolledOut, 120_000)).toBeDefined();
  });
});

describe('rollouts of a DaemonSet', () => {
  it.each([
    [1, 0],
    [2, 0],
    [0, 1],
  ])('with %i unavailable and %i surge keep to the bound', (count, surge) => {
    const rollout = { maxUnavailable: { count }, maxSurge: { count: surge } };
    const world = deployed({ kind: 'DaemonSet', rollout });
    let least = 4;
    const nodesServed = () =>
      new Set(
        world
          .live('orders')
          .filter((pod) => pod.ready)
          .map((pod) => pod.node),
      ).size;
    world.workloads.podChanged.on(() => {
      least = Math.min(least, nodesServed());
    });
    release(world);
    expect(world.waitFor(() => world.status('orders').rolledOut)).toBeDefined();
    expect(least).toBe(4 - count);
  });

  it('are not called rolled out before the controller has looked', () => {
    const world = workloadWorld([workloadOf('agent', { kind: 'DaemonSet' })]);
    world.workloads.deploy('east');
    expect(world.status('agent')).toMatchObject({ wanted: 0, rolledOut: false });
    expect(world.waitFor(() => world.status('agent').rolledOut, 60_000)).toBeDefined();
    expect(world.status('agent')).toMatchObject({ wanted: 3, ready: 3 });
  });

  it('run on cordoned nodes too, and not where a taint forbids it', () => {
    const world = workloadWorld([workloadOf('agent', { kind: 'DaemonSet', template: { startup: probeOf() } })]);
    world.nodes.cordon('east-worker', true);
    world.deployed();
    expect(world.live('agent').map((pod) => pod.node)).toEqual(['east-worker', 'east-worker2', 'east-worker3']);
  });
});
