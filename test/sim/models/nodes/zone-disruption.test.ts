import { describe, expect, it } from 'vitest';
import { evictionRate, zoneState } from '../../../../src/sim/models/nodes/zone-disruption.ts';
import { worker, workloadWorld } from '../workloads/world.ts';

/** Kills these nodes at once, waits, and says after how long each was tainted. */
function taintedAfter(world: ReturnType<typeof workloadWorld>, names: readonly string[], ms = 600_000) {
  const startMs = world.kernel.now();
  const taints = new Map<string, number>();
  world.nodes.tainted.on(({ node, sinceMs }) => void taints.set(node, sinceMs - startMs));
  for (const name of names) world.machines.setPower(name, 'off');
  world.runFor(ms);
  return [...taints.values()];
}
const workers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => worker(from + i));
const zoneLabels = (zone: string) => ({ labels: { 'topology.kubernetes.io/zone': zone } });

describe('zone rules of eviction', () => {
  it('3 of 6 lost is normal, 4 of 7 partial, all full; two are never a disruption', () => {
    expect(zoneState(3, 3)).toBe('normal');
    expect(zoneState(3, 4)).toBe('partial');
    expect(zoneState(0, 2)).toBe('full');
    expect(zoneState(1, 2)).toBe('normal');
  });

  it('a partly disrupted zone stops up to 50 nodes and crawls above', () => {
    expect(evictionRate('partial', 50)).toBe(0);
    expect(evictionRate('partial', 51)).toBe(0.01);
    expect(evictionRate('full', 50)).toBe(0.1);
  });

  it('three control planes and three workers: all workers lost are tainted, 10 s apart', () => {
    const world = workloadWorld([], { controlPlanes: 3, workers: 3 });
    const taints = taintedAfter(world, workers(1, 3));
    expect(taints).toHaveLength(3);
    expect(taints[1]! - taints[0]!).toBeGreaterThanOrEqual(10_000);
    expect(taints[2]! - taints[1]!).toBeGreaterThanOrEqual(10_000);
  });

  it('three control planes and four workers: at most the first two of four lost are tainted before the zone stops', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = workloadWorld([], { controlPlanes: 3, workers: 4, seed });
      expect(taintedAfter(world, workers(1, 4)).length).toBeLessThanOrEqual(2);
    }
  });

  it('a labelled zone that is lost whole is tainted at the normal rate, the last of 20 about 190 s late', () => {
    const node = (_: unknown, i: number) => zoneLabels(i > 5 ? 'b' : 'a');
    const world = workloadWorld([], { controlPlanes: 1, workers: 25, node });
    const taints = taintedAfter(world, workers(6, 25));
    expect(taints).toHaveLength(20);
    expect(taints.at(-1)! - taints[0]!).toBeGreaterThanOrEqual(185_000);
    expect(taints.at(-1)! - taints[0]!).toBeLessThanOrEqual(210_000);
  });

  it('one survivor in that zone and its eviction stops', () => {
    const node = (_: unknown, i: number) => zoneLabels(i > 5 ? 'b' : 'a');
    const world = workloadWorld([], { controlPlanes: 1, workers: 25, node });
    expect(taintedAfter(world, workers(6, 24)).length).toBeLessThanOrEqual(2);
  });

  it('with every zone lost nothing stays tainted, and the way back starts with a fresh grace', () => {
    const world = workloadWorld([], { controlPlanes: 1, workers: 3 });
    let tainted = 0;
    world.nodes.tainted.on(() => tainted++);
    world.runFor(60_000);
    for (const { spec } of world.nodes.list('east')) world.network.cutNode(spec.name, undefined, 'both');
    world.network.restoreNode('east-control-plane', undefined, 'both');
    world.machines.hold('east-control-plane', 'kubelet');
    world.runFor(400_000);
    expect(world.nodes.list('east').map(({ ready }) => ready)).toEqual(['Unknown', 'Unknown', 'Unknown', 'Unknown']);
    expect(world.nodes.list('east').every(({ noExecuteSinceMs }) => noExecuteSinceMs === undefined)).toBe(true);
    expect(tainted).toBeGreaterThan(0); // the first were, until the last had gone
    world.machines.release('east-control-plane', 'kubelet');
    world.waitFor(() => world.nodes.get('east-control-plane').ready === 'True', 60_000);
    world.runFor(120_000);
    expect(world.nodes.get(worker(1)).noExecuteSinceMs).toBeUndefined(); // 3 of 4 not ready: partial
    world.network.restoreNode(worker(2), undefined, 'both');
    world.waitFor(() => world.nodes.get(worker(2)).ready === 'True', 60_000);
    const backMs = world.kernel.now();
    const taintedMs = world.waitFor(() => world.nodes.get(worker(1)).noExecuteSinceMs !== undefined, 60_000)!;
    expect(taintedMs - backMs).toBeGreaterThanOrEqual(10_000); // the limiter was exhausted
  });

  it('a node that is left out of disruption checks does not count', () => {
    const node = (_: unknown, i: number) =>
      i > 3 ? { labels: { 'node.kubernetes.io/exclude-disruption': 'true' } } : {};
    const world = workloadWorld([], { controlPlanes: 3, workers: 4, node });
    expect(taintedAfter(world, workers(1, 4))).toHaveLength(4);
  });
});
