/** What becomes of orders whose commit cannot be completed, on a world of real models. */
import { expect, test } from 'vitest';
import { readTopology } from '../../../../src/compose/topology/read-topology.ts';
import type { Traffic } from '../../../../src/domain/event.ts';
import { createWorld } from '../../../../src/sim/world.ts';

const sets = ['replication.orders.synchronous=true'];
const topology = await readTopology('dual-site', { sets, allowCommands: false });

test('a synchronous commit without its peer hangs, so that its customer learns nothing', () => {
  const world = createWorld(topology, '1');
  const served: Traffic[] = [];
  const runTo = (untilMs: number) => {
    world.kernel.at(untilMs, () => {});
    while (world.kernel.step(untilMs)) {
      // each step is one entry of the queue
    }
  };
  for (const site of world.sites) world.workloads.deploy(site.name);
  runTo(60_000);
  world.served.on((traffic) => served.push(traffic));
  world.traffic.start({
    service: 'orders',
    limitMs: 60_000,
    channels: [{ name: 'shoppers', rateRpsBase: 20, rateRpsPeak: 20, points: [[0, 20]] }],
  });
  runTo(70_000);
  const ended = (from: number) => {
    const since = served.slice(from);
    const failed = since.reduce((sum, { failed: by }) => sum + (by.error ?? 0), 0);
    return { failed, open: since.reduce((sum, { indeterminate }) => sum + indeterminate, 0) };
  };
  expect(ended(0)).toEqual({ failed: 0, open: 0 });
  const before = served.length;
  world.network.cutLink('east', 'west', 'both');
  runTo(90_000);
  // Only what would have ended well in the very bucket of the cut.
  expect(ended(before).failed).toBeLessThan(5);
  expect(ended(before).open).toBeGreaterThan(100);
});
