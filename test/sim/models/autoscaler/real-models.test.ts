import { describe, expect, it } from 'vitest';
import { readTopology } from '../../../../src/compose/topology/read-topology.ts';
import { planLoad } from '../../../../src/domain/load-plan.ts';
import { constant } from '../../../../src/domain/profiles.ts';
import { createWorld } from '../../../../src/sim/world.ts';

const topology = await readTopology('clusters/dual-site');
const plan = (rateRps: number) => planLoad(constant({ rateRps }), { service: 'orders', scale: 1, limitMs: 900_000 });

/** Everything deployed and warmed up at 100 requests a second until 90 s. */
function warmWorld() {
  const world = createWorld(topology, '7');
  const run = (untilMs: number) => {
    world.kernel.at(untilMs, () => {});
    while (world.kernel.step(untilMs));
  };
  for (const { name } of topology.sites) world.workloads.deploy(name);
  run(60_000);
  world.traffic.start(plan(100));
  run(90_000);
  return { ...world, run };
}

describe('autoscaler and replication among the real models', () => {
  it('more orders a second than the target make more pods, which get ready', () => {
    const world = warmWorld();
    const before = world.autoscaler.wanted('east', 'orders')!;
    world.traffic.stop();
    world.traffic.start(plan(2_400));
    world.run(300_000);
    expect(world.autoscaler.wanted('east', 'orders')).toBeGreaterThan(before);
    expect(world.workloads.status('east', 'orders').ready).toBe(world.autoscaler.wanted('east', 'orders'));
  });

  it('without a controller-manager nothing scales', () => {
    const world = warmWorld();
    const before = world.autoscaler.wanted('east', 'orders');
    for (const { name, role } of topology.sites[0]!.nodes)
      if (role === 'control-plane') world.machines.hold(name, 'kube-controller-manager');
    world.run(120_000);
    world.traffic.stop();
    world.traffic.start(plan(2_400));
    world.run(300_000);
    expect(world.autoscaler.wanted('east', 'orders')).toBe(before);
    expect(world.workloads.status('east', 'orders').wanted).toBe(before);
    expect(world.autoscaler.wanted('west', 'orders')).toBeGreaterThan(before!);
  });

  it('orders of both sites are in both databases; a cut parts them and its end joins them', () => {
    const world = warmWorld();
    world.network.cutLink('east', 'west', 'both');
    world.run(120_000);
    expect(world.replication.split()).toBe(true);
    expect(world.replication.converged()).toBe(false);
    world.network.restoreLink('east', 'west', 'both');
    world.run(200_000);
    world.traffic.stop();
    world.run(210_000);
    const { held, duplicated } = world.replication.audit();
    expect(held['east/postgres']!.east![0]![1]).toBeGreaterThan(3_000);
    expect({ ...held['east/postgres'] }).toEqual({ ...held['west/postgres'] });
    expect(duplicated).toEqual({});
    expect(world.replication.converged()).toBe(true);
  });

  it('a database that is killed comes back with everything it had committed', () => {
    const world = warmWorld();
    world.workloads.killMain(world.workloads.pods('west', 'postgres')[0]!);
    expect(world.replication.writable('west', 'postgres')).toBe(false);
    world.run(180_000);
    expect(world.replication.writable('west', 'postgres')).toBe(true);
    world.traffic.stop();
    world.run(190_000);
    const { held, unreadable } = world.replication.audit();
    expect(unreadable).toEqual({});
    expect({ ...held['east/postgres'] }).toEqual({ ...held['west/postgres'] });
    expect(world.replication.takeNews().acknowledged.west![0]![0]).toBe(1);
  });
});
