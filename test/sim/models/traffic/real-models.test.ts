import { beforeAll, describe, expect, it } from 'vitest';
import { readTopology } from '../../../../src/compose/topology/read-topology.ts';
import type { Traffic } from '../../../../src/domain/event.ts';
import type { Topology } from '../../../../src/domain/topology.ts';
import { createWorld } from '../../../../src/sim/world.ts';
import { between, constantPlan, percentile, totals } from './world.ts';

let topology: Topology;
beforeAll(async () => {
  topology = await readTopology('clusters/dual-site');
});

/** The shipped platform, deployed and asked at a constant rate from 60 s on. */
function loaded(rateRps: number, untilMs: number, shape = topology) {
  const world = createWorld(shape, '7f3a');
  const events: Traffic[] = [];
  world.served.on((event) => events.push(event));
  const run = (toMs: number) => {
    world.kernel.at(toMs, () => {});
    while (world.kernel.step(toMs)) {
      // one entry at a time
    }
  };
  for (const site of world.sites) world.workloads.deploy(site.name);
  run(60_000);
  world.traffic.start(constantPlan({ app: rateRps }));
  run(untilMs);
  return { world, events, run };
}
const okRatio = (events: readonly Traffic[], fromMs: number, toMs: number) => {
  const sum = totals(between(events, fromMs, toMs));
  return sum.ok / sum.asked;
};

describe('traffic on the real models', () => {
  it('serves the shipped platform well inside its steady state', () => {
    const { events } = loaded(200, 90_000);
    expect(okRatio(events, 61_000, 90_000)).toBe(1);
    expect(percentile(events, 0.99)).toBeLessThan(250);
  });

  it('suffers from a dead worker until its pods leave the endpoints, some 50 s later', () => {
    const { world, events, run } = loaded(200, 90_000);
    const victim = world.workloads.pods('east', 'orders')[0]!.node!;
    world.machines.setPower(victim, 'off');
    run(200_000);
    expect(okRatio(events, 92_000, 120_000)).toBeLessThan(0.99);
    expect(okRatio(events, 150_000, 200_000)).toBeGreaterThan(0.99);
  });

  it('keeps asking a dead pod for ever when the control plane of its site is gone', () => {
    const { world, events, run } = loaded(200, 90_000);
    for (const node of world.sites[0]!.nodes)
      if (node.role === 'control-plane') world.machines.setPower(node.name, 'off');
    run(120_000);
    expect(okRatio(events, 100_000, 120_000)).toBe(1);
    const victim = world.workloads.pods('east', 'orders')[0]!;
    world.machines.setPower(victim.node!, 'off');
    run(600_000);
    expect(world.routing.targets('east', 'orders')).toContain(victim);
    expect(okRatio(events, 500_000, 600_000)).toBeLessThan(0.99);
  });

  it('loses a few seconds of half its customers with a whole site', () => {
    const { world, events, run } = loaded(200, 90_000);
    for (const node of world.sites[0]!.nodes) world.machines.setPower(node.name, 'off');
    run(130_000);
    const sum = totals(between(events, 90_000, 105_000));
    const lost = sum.asked - sum.ok;
    expect(lost).toBeGreaterThan(100 * 3);
    expect(lost).toBeLessThan(100 * 10);
    expect(world.routing.shares().get('east')).toBe(0);
    expect(totals(between(events, 110_000, 130_000)).ok).toBe(totals(between(events, 110_000, 130_000)).asked);
  });

  it('acknowledges only orders that a database holds', () => {
    const { world, events } = loaded(200, 90_000);
    const news = world.replication.takeNews();
    const acknowledged = Object.values(news.acknowledged).flat();
    expect(acknowledged.reduce((sum, [from, to]) => sum + to - from, 0)).toBe(totals(events).ok);
  });
});
