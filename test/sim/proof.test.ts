/** Proof of acts: a verb without a probe would act and never be seen to have landed, and nothing but this would say so. */
import { describe, expect, it } from 'vitest';
import { readTopology } from '../../src/compose/topology/read-topology.ts';
import { type ActionArgs, type ResolvedTarget, type Verb, verbs } from '../../src/domain/action.ts';
import { createBefore, perform } from '../../src/sim/perform.ts';
import { probeFor } from '../../src/sim/proof.ts';
import { createWorld, type World } from '../../src/sim/world.ts';

const sets = ['sites.west.role=standby', 'replication.orders={ from: east/postgres, to: west/postgres, mode: stream }'];
const weights = 'globalLoadBalancer.weights={ east: 100, west: 0 }';
const topology = await readTopology('dual-site', { sets: [...sets, weights], allowCommands: false });

/** Verbs that reverse another, which has to be done first. */
const first: Readonly<Partial<Record<Verb, Verb>>> = {
  'process.release': 'process.hold',
  'process.resume': 'process.pause',
  'pod.unhang': 'pod.hang',
  'pod.unslow': 'pod.slow',
  'node.start': 'node.kill',
  'node.resume': 'node.pause',
  'node.uncordon': 'node.cordon',
  'node.in-service': 'node.out-of-service',
  'link.restore': 'link.cut',
  'disk.restore': 'disk.stall',
  'etcd.restore': 'etcd.snapshot',
  'etcd.rebuild': 'etcd.wipe',
  'etcd.add-learner': 'etcd.remove',
  'workload.rollback': 'workload.release',
  'workload.unrelease': 'workload.release',
  'workload.unscale': 'workload.scale',
  'traffic.restore': 'traffic.shift',
  'database.unfence': 'database.fence',
  'replication.resume': 'replication.stall',
};

/** Verbs that only undo, and whose effect the undo's own condition proves. */
const provenByUndo: readonly Verb[] = [
  'process.release',
  'process.resume',
  'pod.unhang',
  'etcd.rebuild',
  'workload.unrelease',
  'workload.unscale',
  'traffic.restore',
  'database.unfence',
];

const args: ActionArgs = {
  factor: 10,
  delayMs: 80,
  lossRatio: 0,
  fsyncMs: 2_000,
  image: 'orders:2',
  release: 'good',
  replicas: 6,
  weights: { east: 50, west: 50 },
};

/** Something of each kind that a verb may take. */
function targetOf(on: ResolvedTarget['on'], verb: Verb, world: World): ResolvedTarget {
  const pod = world.workloads.pods('east', 'orders')[0]!;
  const samples: { readonly [K in ResolvedTarget['on']]: Extract<ResolvedTarget, { on: K }> } = {
    component: { on: 'component', component: 'etcd', site: 'east', node: 'east-control-plane' },
    node: { on: 'node', site: 'east', node: 'east-worker' },
    pod: { on: 'pod', site: 'east', workload: 'orders', pod: pod.name },
    workload: { on: 'workload', site: 'east', workload: 'orders' },
    site: { on: 'site', site: 'east' },
    link: { on: 'link', from: 'east', to: 'west', direction: 'both' },
    'node-link': { on: 'node-link', site: 'east', node: 'east-worker', direction: 'both' },
    database: { on: 'database', site: verb === 'database.promote' ? 'west' : 'east', workload: 'postgres' },
    // What is stalled flows; what is synced runs on a schedule.
    replication: { on: 'replication', name: verb === 'replication.sync' ? 'inventory' : 'orders' },
    'global-load-balancer': { on: 'global-load-balancer' },
  };
  return samples[on];
}

function deployedWorld() {
  const world = createWorld(topology, '1');
  const before = createBefore();
  const runTo = (untilMs: number) => {
    world.kernel.at(untilMs, () => {});
    while (world.kernel.step(untilMs)) {
      // each step is one entry of the queue
    }
  };
  for (const site of world.sites) world.workloads.deploy(site.name);
  runTo(60_000);
  const actionOf = (verb: Verb, target: ResolvedTarget) => ({ id: 'act#1.0', verb, target, args, dud: false });
  const act = (verb: Verb, target: ResolvedTarget) => perform(world, actionOf(verb, target), before);
  return { world, runTo, act, probe: (verb: Verb, target: ResolvedTarget) => probeFor(world, actionOf(verb, target)) };
}

const cases = (Object.keys(verbs) as Verb[]).flatMap((verb) => verbs[verb].on.map((on) => [verb, on] as const));

describe('the proof of', () => {
  it.each(cases)('%s on a %s is found after the act', (verb, on) => {
    const { world, runTo, act, probe } = deployedWorld();
    const target = targetOf(on, verb, world);
    const before = first[verb];
    if (before !== undefined) act(before, target);
    runTo(65_000);
    const look = probe(verb, target);
    act(verb, target);
    let proof = look();
    for (let ms = 65_100; proof === undefined && ms <= 185_000; ms += 100) {
      runTo(ms);
      proof = look();
    }
    expect(proof).toMatch(/\w/);
  });

  it.each(cases.filter(([verb]) => !provenByUndo.includes(verb)))('%s on a %s is not found without it', (verb, on) => {
    const { world, runTo, act, probe } = deployedWorld();
    const target = targetOf(on, verb, world);
    const before = first[verb];
    if (before !== undefined) act(before, target);
    runTo(65_000);
    const look = probe(verb, target);
    for (let ms = 65_000; ms <= 75_000; ms += 100) {
      runTo(ms);
      expect(look()).toBeUndefined();
    }
  });
});
