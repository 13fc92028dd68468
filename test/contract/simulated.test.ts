/** The simulated adapters under the contracts of their ports. */
import { readTopology } from '../../src/compose/topology/read-topology.ts';
import type { Topology } from '../../src/domain/topology.ts';
import { createSimulatedLoad } from '../../src/load/simulated/simulated-load.ts';
import { createPump } from '../../src/platform/simulated/pump.ts';
import { createSimulatedPlatform } from '../../src/platform/simulated/simulated.ts';
import { createWorld } from '../../src/sim/world.ts';
import { loadContract } from './load-contract.ts';
import { platformContract } from './platform-contract.ts';

const topology = await readTopology('dual-site', { sets: [], allowCommands: false });
const limitMs = 20_000;
const never = new AbortController().signal;

function createBoth(given: Topology) {
  const world = createWorld(given, '7f3a');
  const pump = createPump(world);
  return { platform: createSimulatedPlatform(world, pump), load: createSimulatedLoad(world, pump.touch) };
}

platformContract({ name: 'simulated', topology, limitMs, make: async (given) => createBoth(given).platform });

loadContract({
  name: 'simulated',
  service: 'orders',
  rateRpsBase: 50,
  rateRpsPeak: 200,
  limitMs,
  make: async () => {
    const { platform, load } = createBoth(topology);
    await platform.provision(topology, { handle: () => {} }, never);
    await platform.deploy(topology, never);
    return { load, clock: platform.clock, end: () => platform.teardown(never) };
  },
});
