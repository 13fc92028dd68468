import { describe, expect, it } from 'vitest';
import type { DisruptionBudget } from '../../../../src/domain/topology.ts';
import { disruptionsAllowed } from '../../../../src/sim/models/workloads/disruption.ts';
import { worker, workloadOf, workloadWorld } from './world.ts';

const budget = (bound: Partial<DisruptionBudget>): DisruptionBudget => ({
  name: 'orders',
  namespace: 'default',
  selector: { labels: { app: 'orders' }, expressions: [] },
  ...bound,
});
const onNode = (world: ReturnType<typeof workloadWorld>, name: string, node: string) =>
  world.pods(name).filter((pod) => pod.node === node);

describe('disruption budgets', () => {
  it.each([
    [{ minAvailable: { count: 2 } }, 3, 3, 1],
    [{ minAvailable: { ratio: 0.5 } }, 7, 7, 3],
    [{ maxUnavailable: { count: 1 } }, 3, 2, 0],
    [{ maxUnavailable: { ratio: 0.3 } }, 7, 7, 3],
    [{ maxUnavailable: { count: 9 } }, 3, 3, 3],
  ] as const)('%j with %i wanted and %i healthy lets %i go', (bound, expected, healthy, allowed) => {
    expect(disruptionsAllowed(budget(bound), expected, healthy)).toBe(allowed);
  });

  it('make a drain wait for replacements, one after the other', () => {
    const world = workloadWorld([workloadOf('orders', { replicas: 4 })], {
      workers: 2,
      disruptionBudgets: [budget({ maxUnavailable: { count: 1 } })],
    });
    world.deployed();
    let least = 4;
    world.workloads.podChanged.on(() => {
      least = Math.min(least, world.ready('orders'));
    });
    world.workloads.drain(worker(1));
    expect(world.nodes.get(worker(1)).cordoned).toBe(true);
    expect(world.waitFor(() => onNode(world, 'orders', worker(1)).length === 0, 120_000)).toBeDefined();
    expect(least).toBe(3);
    expect(world.waitFor(() => world.whole('orders'), 60_000)).toBeDefined();
  });

  it('block a drain for ever when nothing may go, until they can be met or the node is uncordoned', () => {
    const world = workloadWorld([workloadOf('orders', { replicas: 2 })], {
      workers: 2,
      disruptionBudgets: [budget({ minAvailable: { count: 2 } })],
    });
    world.deployed();
    world.workloads.drain(worker(1));
    world.runFor(600_000);
    expect(onNode(world, 'orders', worker(1))).toHaveLength(1);
    world.nodes.cordon(worker(1), false);
    world.workloads.scale('east', 'orders', 4);
    world.runFor(60_000);
    expect(onNode(world, 'orders', worker(1)).length).toBeGreaterThanOrEqual(1);
    world.workloads.drain(worker(1));
    expect(world.waitFor(() => onNode(world, 'orders', worker(1)).length === 0, 60_000)).toBeDefined();
  });

  it('let go what they last allowed, once, while no controller-manager updates them', () => {
    const world = workloadWorld([workloadOf('orders', { replicas: 6 })], {
      workers: 2,
      disruptionBudgets: [budget({ maxUnavailable: { count: 1 } })],
    });
    world.deployed();
    world.machines.hold('east-control-plane', 'kube-controller-manager');
    world.workloads.drain(worker(1));
    world.runFor(60_000);
    expect(onNode(world, 'orders', worker(1))).toHaveLength(2);
    expect(world.pods('orders')).toHaveLength(5);
    world.machines.release('east-control-plane', 'kube-controller-manager');
    expect(world.waitFor(() => onNode(world, 'orders', worker(1)).length === 0, 120_000)).toBeDefined();
  });

  it('a drain leaves DaemonSet pods', () => {
    const world = workloadWorld([workloadOf('agent', { kind: 'DaemonSet' }), workloadOf('orders')]);
    world.deployed();
    world.workloads.drain(worker(1));
    world.runFor(60_000);
    expect(onNode(world, 'agent', worker(1))).toHaveLength(1);
    expect(onNode(world, 'orders', worker(1))).toHaveLength(0);
    expect(world.whole('agent')).toBe(true);
  });

  it('do not stop the eviction of a lost node', () => {
    const world = workloadWorld([workloadOf('orders')], {
      workers: 4,
      disruptionBudgets: [budget({ minAvailable: { count: 3 } })],
    });
    world.deployed();
    const pod = world.live('orders')[0]!;
    world.machines.setPower(pod.node!, 'off');
    expect(world.waitFor(() => pod.deletedMs !== undefined, 400_000)).toBeDefined();
  });
});
