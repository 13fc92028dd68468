import { describe, expect, it } from 'vitest';
import { workloadOf, workloadWorld } from './workload-world.ts';

describe('workloads', () => {
  it('a deployment of three is whole within seconds, one pod per worker', () => {
    const world = workloadWorld([workloadOf('orders')]);
    const at = world.deployed();
    expect(at).toBeGreaterThan(2_000);
    expect(at).toBeLessThan(12_000);
    expect(new Set(world.live('orders').map((pod) => pod.node)).size).toBe(3);
    expect(world.live('orders').every((pod) => pod.truth === 'serving')).toBe(true);
  });
});
