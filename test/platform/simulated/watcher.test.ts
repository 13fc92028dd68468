/** What the simulated observers tell, and in which order. */
import { expect, test } from 'vitest';
import { readTopology } from '../../../src/compose/topology/read-topology.ts';
import { factKey } from '../../../src/domain/fact.ts';
import { createPump } from '../../../src/platform/simulated/pump.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated.ts';
import { createWorld } from '../../../src/sim/world.ts';

const topology = await readTopology('dual-site', { sets: [], allowCommands: false });
const never = new AbortController().signal;

test('changes of one thing are told in the order in which they happened, however close together', async () => {
  for (const seed of ['1', '2', '3', '4', '5', '6', '7', '8']) {
    const world = createWorld(topology, seed);
    const platform = createSimulatedPlatform(world, createPump(world));
    const newest = new Map<string, number>();
    const late: string[] = [];
    await platform.provision(topology, { handle: () => {} }, never);
    platform.observe((event, atMs) => {
      if (event.type !== 'fact') return;
      const key = factKey(event.fact, event.subject);
      if (atMs < (newest.get(key) ?? 0)) late.push(key);
      newest.set(key, atMs);
    }, never);
    await platform.deploy(topology, never);
    expect(late).toEqual([]);
    await platform.teardown(never);
  }
});
