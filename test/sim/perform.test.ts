/** Undoing releases: what one release made is taken back, and nothing that others made since. */
import { describe, expect, it } from 'vitest';
import { readTopology } from '../../src/compose/topology/read-topology.ts';
import type { ActionArgs, Verb } from '../../src/domain/action.ts';
import { createBefore, perform } from '../../src/sim/perform.ts';
import { createWorld } from '../../src/sim/world.ts';

const topology = await readTopology('dual-site-small', { sets: [], allowCommands: false });
const target = { on: 'workload', site: 'east', workload: 'orders' } as const;

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
  const act = (id: string, verb: Verb, args: ActionArgs = {}) => {
    perform(world, { id, verb, target, args, dud: false }, before);
    runTo(world.kernel.now() + 60_000);
  };
  const quality = () => world.workloads.spec('east', 'orders').behaviour.release;
  const image = () => world.workloads.spec('east', 'orders').template.image;
  return { act, quality, image };
}

describe('the undo of a release', () => {
  it('takes the bad revision back', () => {
    const { act, quality, image } = deployedWorld();
    const first = image();
    act('bad#1.0', 'workload.release', { image: 'orders:2', release: 'never-ready' });
    expect(quality()).toBe('never-ready');
    act('bad#1.0~', 'workload.unrelease');
    expect([image(), quality()]).toEqual([first, 'good']);
  });

  it('leaves alone what was released after a rollback', () => {
    const { act, quality, image } = deployedWorld();
    act('bad#1.0', 'workload.release', { image: 'orders:2', release: 'never-ready' });
    act('back#1.0', 'workload.rollback');
    act('good#1.0', 'workload.release', { image: 'orders:3', release: 'good' });
    act('bad#1.0~', 'workload.unrelease');
    expect([image(), quality()]).toEqual(['orders:3', 'good']);
  });

  it('takes two bad revisions back, the newer one first, however often', () => {
    const { act, quality, image } = deployedWorld();
    const first = image();
    act('deaf#1.0', 'workload.release', { image: 'orders:2', release: 'never-ready' });
    act('crashing#1.0', 'workload.release', { image: 'orders:2', release: 'crash' });
    for (const id of ['crashing#1.0~', 'crashing#1.0~', 'deaf#1.0~', 'deaf#1.0~']) act(id, 'workload.unrelease');
    expect([image(), quality()]).toEqual([first, 'good']);
  });
});
