/** Verbs on machines: power and freezing, of one node or of every node of a site at once with what stands before its API servers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatingError } from '../../../base/errors.ts';
import type { ContainerState } from '../engine.ts';
import type { Ground } from '../ground.ts';
import type { KindWorld } from '../world.ts';
import { answers } from './answers.ts';
import { type Doing, type Job, limitsMs, machine, targetOf, type VerbGroup } from './verb.ts';

/** A container that plays a machine, and a port on which it answers while it is whole. */
interface Power {
  readonly container: string;
  readonly address: string;
  readonly port: number;
}

/** Where every kubelet listens, and every load balancer of API servers. */
const knockPort = { node: 10250, balancer: 6443 } as const;

/** Everything that loses its power together. */
export function machinesOf(ground: Ground, target: { readonly on: string; readonly site: string }, node?: string) {
  const site = ground.sites.find(({ name }) => name === target.site);
  const machines = (site?.machines ?? [])
    .filter((each) => target.on === 'site' || each.node === node)
    .map(({ container, address }): Power => ({ container, address, port: knockPort.node }));
  const balancer = target.on === 'site' ? site?.apiLoadBalancer : undefined;
  return balancer === undefined ? machines : [...machines, { ...balancer, port: knockPort.balancer }];
}

function powerOf({ world, action }: Job): readonly Power[] {
  const target = targetOf(action, 'node', 'site');
  if (target.on === 'node') machine(world, target.node);
  return machinesOf(world.ground, target, target.on === 'node' ? target.node : undefined);
}

type Test = (state: ContainerState | undefined) => boolean;
const isOff: Test = (state) => state !== undefined && !state.running;
const isFrozen: Test = (state) => state?.paused === true;

async function all(world: KindWorld, machines: readonly Power[], test: Test): Promise<boolean> {
  const states = await Promise.all(machines.map(({ container }) => world.engine.state(container)));
  return states.every(test);
}

const count = (machines: readonly Power[]) => (machines.length === 1 ? 'machine' : `${machines.length} machines`);

/** Those that answer from here before the act; none where containers cannot be reached from this machine, and then the engine's word must do. */
async function answering(machines: readonly Power[]): Promise<readonly Power[]> {
  const answered = await Promise.all(machines.map(answers));
  return machines.filter((_, i) => answered[i]);
}

async function silent(machines: readonly Power[]): Promise<boolean> {
  return (await Promise.all(machines.map(answers))).every((answer) => !answer);
}

/** Does it to all that still need it, at once; what is refused for now is tried again. */
async function each(job: Job, isDone: Test, act: (container: string) => Promise<void>): Promise<void> {
  await Promise.all(powerOf(job).map(({ container }) => one(job, container, isDone, act)));
}

const againAfterMs = 200;

async function one(job: Job, container: string, isDone: Test, act: (container: string) => Promise<void>) {
  const { engine } = job.world;
  let failure: unknown;
  while (!job.signal.aborted) {
    const state = await engine.state(container);
    if (state === undefined) throw new OperatingError(`Container ${container} is gone`);
    if (isDone(state)) return;
    try {
      return await act(container);
    } catch (error) {
      failure = error;
    }
    await sleep(againAfterMs);
  }
  throw failure;
}

/** Damage: engine says so, and nothing answers that answered before. */
function downed(isDone: Test, says: string, act: (world: KindWorld, container: string) => Promise<void>) {
  return async (job: Job): Promise<Doing> => {
    const { world } = job;
    const machines = powerOf(job);
    const alive = await answering(machines);
    const silence = alive.length === 0 ? '' : `, no answer on ${alive[0]!.address}:${alive[0]!.port}`;
    return {
      act: () => each(job, isDone, (container) => act(world, container)),
      probe: async () => {
        const atMs = world.clock.now();
        if (!(await silent(alive)) || !(await all(world, machines, isDone))) return undefined;
        return { proof: `${count(machines)} ${says}${silence}`, atMs };
      },
    };
  };
}

/** The way back: engine says so. Whether the node is whole is another question. */
function upped(isDone: Test, says: string, act: (world: KindWorld, container: string) => Promise<void>) {
  return async (job: Job): Promise<Doing> => ({
    act: () => each(job, isDone, (container) => act(job.world, container)),
    probe: async () => ((await all(job.world, powerOf(job), isDone)) ? `${count(powerOf(job))} ${says}` : undefined),
  });
}

const isOn: Test = (state) => state?.running === true;

/** Verbs on machines. */
export const nodeVerbs: VerbGroup = {
  'node.kill': {
    limitMs: limitsMs.signal,
    begin: downed(isOff, 'off', ({ engine }, container) => engine.kill(container)),
  },
  'node.start': {
    limitMs: limitsMs.api,
    begin: upped(isOn, 'on', ({ engine }, container) => engine.start(container)),
  },
  'node.pause': {
    limitMs: limitsMs.signal,
    begin: downed(isFrozen, 'frozen', ({ engine }, container) => engine.pause(container)),
  },
  'node.resume': {
    limitMs: limitsMs.api,
    // One that is off is not frozen: its power is another undo's concern.
    begin: upped(
      (state) => state?.paused !== true,
      'not frozen',
      ({ engine }, container) => engine.unpause(container),
    ),
  },
};
