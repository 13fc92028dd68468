/** The law of capacity in a whole world: with fixed replicas, the same victim and the same random streams, pods that can do more never serve fewer orders. A world that broke it would punish what it should reward. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTopology } from '../../src/compose/topology/read-topology.ts';
import type { Topology } from '../../src/domain/topology.ts';
import { createWorld, type World } from '../../src/sim/world.ts';
import { isNightly } from '../catalogue/seeds.ts';

const sets = ['east', 'west'].flatMap((site) =>
  ['gateway', 'orders'].map((name) => `${site}/HorizontalPodAutoscaler/${name}=null`),
);
const shipped = await readTopology('dual-site', { sets, allowCommands: false });

/** The same platform whose pods work on `factor` times as many requests at a time. */
function withCapacity(topology: Topology, factor: number): Topology {
  const sites = topology.sites.map((site) => ({
    ...site,
    workloads: site.workloads.map((workload) => ({
      ...workload,
      behaviour: { ...workload.behaviour, concurrency: workload.behaviour.concurrency * factor },
    })),
  }));
  return { ...topology, sites };
}

const harms = ['kill a pod', 'slow a pod', 'hang a pod', 'kill a node', 'cut the link', 'none'] as const;

function harm(world: World, what: (typeof harms)[number]): void {
  const victim = world.workloads.pods('east', 'orders')[1];
  if (victim === undefined) return;
  if (what === 'kill a pod') world.workloads.killMain(victim);
  if (what === 'slow a pod') world.workloads.slow(victim, 10);
  if (what === 'hang a pod') world.workloads.hang(victim, true);
  if (what === 'kill a node') world.machines.setPower('east-worker2', 'off');
  if (what === 'cut the link') world.network.cutLink('east', 'west', 'both');
}

/** Orders served to the end of a minute of load in whose middle the harm comes. */
function served(topology: Topology, seed: string, rateRps: number, what: (typeof harms)[number]): number {
  const world = createWorld(topology, seed);
  let ok = 0;
  world.served.on((event) => {
    ok += event.ok;
  });
  for (const site of world.sites) world.workloads.deploy(site.name);
  const channel = { name: 'shoppers', points: [[0, rateRps]] as const, rateRpsBase: rateRps, rateRpsPeak: rateRps };
  const { kernel, traffic } = world;
  kernel.at(60_000, () => traffic.start({ service: 'orders', channels: [channel], limitMs: 120_000 }));
  kernel.at(90_000, () => harm(world, what));
  kernel.at(120_000, () => traffic.stop());
  while (kernel.step(180_000));
  return ok;
}

test('more capacity per pod never lowers the orders served', { timeout: 1_800_000 }, () => {
  let differing = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 0xffff }),
      fc.integer({ min: 200, max: 6_000 }),
      fc.constantFrom(...harms),
      (seed, rateRps, what) => {
        const counts = [1, 2, 4, 8].map((factor) =>
          served(withCapacity(shipped, factor), seed.toString(16), rateRps, what),
        );
        if (counts[0] !== counts.at(-1)) differing++;
        expect(counts, `${what} at ${rateRps}/s, seed ${seed.toString(16)}`).toEqual([...counts].sort((a, b) => a - b));
      },
    ),
    { seed: 3, numRuns: isNightly ? 200 : 8 },
  );
  expect(differing, 'capacity must have mattered somewhere').toBeGreaterThan(0);
});
