/** Laws of a world under random treatment: any verb on any target at any time runs, in combinations nobody foresaw, and a world in which everything was undone is whole. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTopology } from '../../src/compose/topology/read-topology.ts';
import {
  type Action,
  type ActionArgs,
  components,
  type ResolvedTarget,
  type Verb,
  verbs,
} from '../../src/domain/action.ts';
import type { Traffic } from '../../src/domain/event.ts';
import type { Topology } from '../../src/domain/topology.ts';
import { createBefore, perform } from '../../src/sim/perform.ts';
import { probeFor } from '../../src/sim/proof.ts';
import { createWorld, type World } from '../../src/sim/world.ts';
import { isNightly } from '../catalogue/seeds.ts';
import { brokenIn } from './whole-world.ts';

const topologies = await Promise.all(
  ['dual-site', 'dual-site-small'].map((name) => readTopology(name, { sets: [], allowCommands: false })),
);
const nightMs = 1_800_000;

/** Every thing of the topology that a verb may act on; pods by number, for their names are drawn. */
function targetsOf({ sites, replication }: Topology, kind: string): readonly (ResolvedTarget | PodNumber)[] {
  const [a, b] = sites;
  switch (kind) {
    case 'component':
      return sites.flatMap((site) =>
        site.nodes.flatMap(({ name, role }) =>
          components
            .filter((component) => role === 'control-plane' || component === 'kubelet' || component === 'containerd')
            .map((component) => ({ on: 'component' as const, component, site: site.name, node: name })),
        ),
      );
    case 'node':
      return sites.flatMap((site) =>
        site.nodes.map(({ name }) => ({ on: 'node' as const, site: site.name, node: name })),
      );
    case 'pod':
      return sites.flatMap((site) =>
        site.workloads.flatMap(({ name }) =>
          [0, 1, 2].map((number) => ({ on: 'pod-number' as const, site: site.name, workload: name, number })),
        ),
      );
    case 'workload':
      return sites.flatMap((site) =>
        site.workloads.map(({ name }) => ({ on: 'workload' as const, site: site.name, workload: name })),
      );
    case 'site':
      return sites.map(({ name }) => ({ on: 'site', site: name }));
    case 'link':
      return (['both', 'one-way'] as const).flatMap((direction) => [
        { on: 'link' as const, from: a!.name, to: b!.name, direction },
        { on: 'link' as const, from: b!.name, to: a!.name, direction },
      ]);
    case 'node-link':
      return sites.flatMap((site) =>
        site.nodes.flatMap(({ name }, i) => [
          { on: 'node-link' as const, site: site.name, node: name, direction: 'both' as const },
          {
            on: 'node-link' as const,
            site: site.name,
            node: name,
            direction: 'one-way' as const,
            peer: site.nodes[(i + 1) % site.nodes.length]!.name,
          },
        ]),
      );
    case 'database':
      return sites.map(({ name }) => ({ on: 'database', site: name, workload: 'postgres' }));
    case 'replication':
      return replication.map(({ name }) => ({ on: 'replication', name }));
    default:
      return [{ on: 'global-load-balancer' }];
  }
}

interface PodNumber {
  readonly on: 'pod-number';
  readonly site: string;
  readonly workload: string;
  readonly number: number;
}

interface Deed {
  readonly waitMs: number;
  readonly verb: Verb;
  readonly target: ResolvedTarget | PodNumber;
  readonly args: ActionArgs;
}

const args: fc.Arbitrary<ActionArgs> = fc.record({
  factor: fc.constantFrom(0.5, 10),
  delayMs: fc.constantFrom(0, 500),
  lossRatio: fc.constantFrom(0, 0.3),
  fsyncMs: fc.constantFrom(200, 10_000),
  replicas: fc.integer({ min: 1, max: 9 }),
  image: fc.constant('orders:next'),
  release: fc.constantFrom('good', 'never-ready', 'crash', 'errors'),
  weights: fc.constantFrom({ east: 0, west: 100 }, { east: 50, west: 50 }, { east: 0, west: 0 }),
});

/** Any verb on any thing that it takes, after up to 90 s. */
const deeds = (topology: Topology): fc.Arbitrary<Deed> =>
  fc.constantFrom(...(Object.keys(verbs) as Verb[])).chain((verb) =>
    fc.record({
      waitMs: fc.integer({ min: 0, max: 90_000 }),
      verb: fc.constant(verb),
      target: fc.constantFrom(...verbs[verb].on.flatMap((kind) => targetsOf(topology, kind))),
      args,
    }),
  );

function runTo(world: World, untilMs: number): void {
  while (world.kernel.step(untilMs));
}

function resolved(world: World, target: Deed['target']): ResolvedTarget | undefined {
  if (target.on !== 'pod-number') return target;
  const pod = world.workloads.pods(target.site, target.workload)[target.number];
  return pod === undefined ? undefined : { on: 'pod', site: target.site, workload: target.workload, pod: pod.name };
}

/** A deployed world under steady load, in which acts are done and sought as a platform does. */
function createLab(topology: Topology, seed: string) {
  const world = createWorld(topology, seed);
  const before = createBefore();
  const traffic: Traffic[] = [];
  world.served.on((event) => void traffic.push(event));
  let count = 0;
  const act = (verb: Verb, target: ResolvedTarget, given: ActionArgs = {}) => {
    const action: Action = { id: `fuzz#${count++}`, verb, target, args: given, dud: false };
    const probe = probeFor(world, action);
    perform(world, action, before);
    probe();
  };
  for (const site of world.sites) world.workloads.deploy(site.name);
  runTo(world, 60_000);
  // Without a backup nobody could bring back what `etcd.wipe` takes.
  for (const site of world.sites) act('etcd.snapshot', { on: 'site', site: site.name });
  const channel = { name: 'shoppers', points: [[0, 200]] as const, rateRpsBase: 200, rateRpsPeak: 200 };
  world.traffic.start({ service: 'orders', channels: [channel], limitMs: 60_000 });
  return { world, act, traffic };
}

/** Everything back, in the order in which an operator would: machines, processes, paths, disks, data, then what runs on them. */
function undoAll({ world, act }: ReturnType<typeof createLab>, topology: Topology): void {
  const all = <K extends string>(kind: K) => targetsOf(topology, kind) as readonly ResolvedTarget[];
  for (const target of [...all('site'), ...all('link'), ...all('node-link')]) act('link.restore', target);
  for (const target of all('node')) act('node.start', target);
  for (const target of [...all('component'), ...all('database')]) {
    act('process.resume', target);
    act('process.release', target);
  }
  const etcd = all('component').filter((target) => target.on === 'component' && target.component === 'etcd');
  for (const target of etcd) act('disk.restore', target);
  for (const target of all('node')) {
    act('node.uncordon', target);
    act('node.in-service', target);
  }
  for (const target of all('database')) act('database.unfence', target);
  for (const target of all('replication')) act('replication.resume', target);
  act('traffic.restore', { on: 'global-load-balancer' });
  runTo(world, world.kernel.now() + 60_000);
  for (const target of etcd) if (target.on === 'component' && isLost(world, target.node)) rebuild(world, act, target);
  runTo(world, world.kernel.now() + 60_000);
  for (const target of all('workload')) {
    if (target.on !== 'workload') continue;
    for (const pod of world.workloads.pods(target.site, target.workload)) {
      act('pod.unhang', { on: 'pod', site: target.site, workload: target.workload, pod: pod.name });
      act('pod.unslow', { on: 'pod', site: target.site, workload: target.workload, pod: pod.name });
    }
    act('workload.unscale', target);
    act('workload.release', target, { image: 'orders:fixed', release: 'good' });
  }
  runTo(world, world.kernel.now() + 120_000);
  deleteStuck(world, act);
}

/** A StatefulSet waits for ever for a pod of a bad revision to become ready: somebody has to delete it. */
function deleteStuck(world: World, act: (verb: Verb, target: ResolvedTarget) => void): void {
  for (const site of world.sites)
    for (const { name } of site.workloads.filter(({ kind }) => kind === 'StatefulSet'))
      for (const pod of world.workloads.pods(site.name, name).filter(({ ready }) => !ready))
        act('pod.delete', { on: 'pod', site: site.name, workload: name, pod: pod.name });
}

const isLost = (world: World, node: string) => world.etcd.status(node) === undefined;

function rebuild(world: World, act: (verb: Verb, target: ResolvedTarget) => void, target: ResolvedTarget): void {
  act('etcd.rebuild', target);
  runTo(world, world.kernel.now() + 30_000);
}

describe('any verb', () => {
  test.each(topologies.map((topology) => [topology.name, topology] as const))(
    'on any target of %s at any time never throws, loses no request, and undone leaves the world whole',
    { timeout: nightMs },
    (_name, topology) => {
      fc.assert(
        fc.property(
          fc.array(deeds(topology), { minLength: 1, maxLength: 12 }),
          fc.integer({ min: 1, max: 0xffff }),
          (done, seed) => {
            const lab = createLab(topology, seed.toString(16));
            const { world } = lab;
            for (const { waitMs, verb, target, args: given } of done) {
              runTo(world, world.kernel.now() + waitMs);
              const thing = resolved(world, target);
              if (thing !== undefined) lab.act(verb, thing, given);
            }
            runTo(world, world.kernel.now() + 60_000);
            undoAll(lab, topology);
            for (let left = 40; left > 0 && brokenIn(world).length > 0; left--)
              runTo(world, world.kernel.now() + 60_000);
            expect(brokenIn(world)).toEqual([]);
            world.traffic.stop();
            runTo(world, world.kernel.now() + 120_000);
            expectConserved(lab.traffic);
          },
        ),
        { seed: 20, numRuns: isNightly ? 500 : 12 },
      );
    },
  );
});

function expectConserved(events: readonly Traffic[]): void {
  const inFlight = new Map<string, number>();
  for (const event of events) {
    const key = `${event.service}|${event.site}|${event.channel}`;
    const failed = Object.values(event.failed).reduce((a, b) => a + b, 0);
    const before = inFlight.get(key) ?? 0;
    expect(event.asked + before, key).toBe(event.ok + failed + event.indeterminate + event.inFlight);
    inFlight.set(key, event.inFlight);
  }
  expect([...inFlight.values()].filter((count) => count !== 0)).toEqual([]);
}
