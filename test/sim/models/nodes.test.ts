import { describe, expect, it } from 'vitest';
import { mean, worker, workloadWorld } from './workloads/world.ts';

const seeds = Array.from({ length: 60 }, (_, i) => i + 1);

/** Time from power loss of a worker to its Ready turning, for each seed. */
function detections(minor: number): readonly number[] {
  return seeds.map((seed) => {
    const world = workloadWorld([], { seed, minor, workers: 3 });
    const lostMs = 60_000 + seed * 137;
    world.runTo(lostMs);
    world.machines.setPower(worker(1), 'off');
    return world.waitFor(() => world.nodes.get(worker(1)).ready !== 'True')! - lostMs;
  });
}

describe('node heartbeat and grace', () => {
  it('costs no event while all is well', () => {
    const world = workloadWorld([]);
    world.runFor(3_600_000);
    expect(world.events()).toBeLessThan(5);
  });

  it('turns a lost node Unknown 40 to 55 s after the loss with 1.34, 47.5 s on average', () => {
    const times = detections(34);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(40_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(55_000);
    expect(Math.abs(mean(times) - 47_500)).toBeLessThan(1_500);
  });

  it('turns it 30 to 45 s after the loss with 1.31, 37.5 s on average', () => {
    const times = detections(31);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(30_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(45_000);
    expect(Math.abs(mean(times) - 37_500)).toBeLessThan(1_500);
  });

  it.each([
    [34, 0],
    [33, 5_000],
  ])('taints NoExecute with 1.%i %i ms after the node turned Unknown', (minor, lagMs) => {
    const world = workloadWorld([], { minor, workers: 4 });
    world.machines.setPower(worker(2), 'off');
    const node = world.nodes.get(worker(2));
    const unknownMs = world.waitFor(() => node.ready === 'Unknown')!;
    world.waitFor(() => node.noExecuteSinceMs !== undefined);
    expect(node.noExecuteSinceMs! - unknownMs).toBe(lagMs);
    expect(node.noExecuteKey).toBe('node.kubernetes.io/unreachable');
  });

  it.each(['off', 'frozen'] as const)('brings a node that was %s back to Ready and takes its taint off', (power) => {
    const world = workloadWorld([], { workers: 4 });
    const node = world.nodes.get(worker(1));
    world.machines.setPower(worker(1), power);
    world.waitFor(() => node.noExecuteSinceMs !== undefined);
    world.machines.setPower(worker(1), 'on');
    const backMs = world.kernel.now();
    const readyMs = world.waitFor(() => node.ready === 'True', 120_000)!;
    const cleanMs = world.waitFor(() => node.noExecuteSinceMs === undefined, 120_000)!;
    expect(readyMs - backMs).toBeLessThan(60_000);
    expect(cleanMs - readyMs).toBeLessThanOrEqual(5_000);
  });

  it('does not notice a kubelet that is killed: systemd is faster than the grace', () => {
    const world = workloadWorld([]);
    let turned = 0;
    world.nodes.changed.on(() => turned++);
    world.machines.kill(worker(1), 'kubelet');
    world.runFor(300_000);
    expect(turned).toBe(0);
  });

  it('sees a kubelet that is held, paused or cut off from the API', () => {
    for (const act of [
      (world: ReturnType<typeof workloadWorld>) => world.machines.hold(worker(1), 'kubelet'),
      (world: ReturnType<typeof workloadWorld>) => world.machines.pause(worker(1), 'kubelet'),
      (world: ReturnType<typeof workloadWorld>) => world.network.cutNode(worker(1), undefined, 'both'),
    ]) {
      const world = workloadWorld([]);
      act(world);
      expect(world.waitFor(() => world.nodes.get(worker(1)).ready === 'Unknown', 56_000)).toBeDefined();
    }
  });

  it('hears of a kubelet that starts again within seconds, not at its next heartbeat', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const world = workloadWorld([], { seed });
      const node = world.nodes.get(worker(1));
      world.machines.hold(worker(1), 'kubelet');
      world.waitFor(() => node.ready === 'Unknown');
      world.machines.release(worker(1), 'kubelet');
      expect(world.waitFor(() => node.ready === 'True', 3_000)).toBeDefined();
    }
  });

  it('has the kubelet itself say False 30 to 40 s after its runtime went down, and taints not-ready', () => {
    const world = workloadWorld([]);
    const node = world.nodes.get(worker(1));
    world.machines.hold(worker(1), 'containerd');
    const at = world.waitFor(() => node.ready === 'False')!;
    expect(at).toBeGreaterThanOrEqual(30_000);
    expect(at).toBeLessThanOrEqual(40_000);
    world.runFor(5_000);
    expect(node.noExecuteKey).toBe('node.kubernetes.io/not-ready');
    world.machines.release(worker(1), 'containerd');
    expect(world.waitFor(() => node.ready === 'True', 12_000)).toBeDefined();
  });

  it('marks nothing without a controller-manager, and a new one starts with a fresh grace', () => {
    const world = workloadWorld([]);
    const node = world.nodes.get(worker(1));
    world.machines.hold('east-control-plane', 'kube-controller-manager');
    world.machines.setPower(worker(1), 'off');
    world.runFor(300_000);
    expect(node.ready).toBe('True');
    world.machines.release('east-control-plane', 'kube-controller-manager');
    const actsMs = world.waitFor(() => world.controlPlane.controllerManager('east') !== undefined)!;
    const unknownMs = world.waitFor(() => node.ready === 'Unknown')!;
    expect(unknownMs - actsMs).toBeGreaterThanOrEqual(50_000);
    expect(unknownMs - actsMs).toBeLessThanOrEqual(55_000);
  });

  it('a new controller-manager takes the taints off and counts tolerations anew', () => {
    const world = workloadWorld([], { controlPlanes: 3, workers: 4 });
    const node = world.nodes.get(worker(1));
    world.machines.setPower(worker(1), 'off');
    const firstMs = world.waitFor(() => node.noExecuteSinceMs !== undefined)!;
    world.machines.hold(world.controlPlane.controllerManager('east')!, 'kube-controller-manager');
    world.waitFor(() => world.controlPlane.controllerManager('east') !== undefined);
    const takeoverMs = world.kernel.now();
    world.runFor(1_000);
    expect(takeoverMs).toBeGreaterThan(firstMs + 10_000);
    expect(node.ready).toBe('Unknown');
    expect(node.noExecuteSinceMs).toBe(takeoverMs);
  });
});
