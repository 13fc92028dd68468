/** How a run comes by its pair and what it leaves: a new one made and torn down, or one that stands, taken and let go. Apart from the adapter because these are the steps with outside effects. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, OperatingError } from '../../base/errors.ts';
import type { Topology } from '../../domain/topology.ts';
import type { Engine } from './engine.ts';
import { type Ground, planGround } from './ground.ts';
import type { PairOptions } from './kind.ts';
import { connectKubes } from './kube.ts';
import { type Pair, pairFileName, readPair, writePair } from './pair-files.ts';

/** A pair that this process has in hand. */
export interface Taken {
  readonly ground: Ground;
  /** Makes or wakes it and waits until it is ready; gives versions for the record. */
  ready(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** Lets it go: torn down, or left as it is for the next. */
  leave(signal: AbortSignal): Promise<void>;
}

/** Says what is being done, in words for a person. */
export type OnStep = (text: string) => void;

/** Plans a new pair; only its folder is written. */
export async function newPair(pair: PairOptions, engine: Engine, onStep: OnStep): Promise<Taken> {
  const { freeSubnet } = await import('./provision/subnet.ts');
  const { lockPair } = await import('./provision/pair-lock.ts');
  const subnet = await freeSubnet(engine, pair.id);
  const ground = planGround(pair.topology, { id: pair.id, folder: pair.folder, subnet });
  const kept: Pair = {
    name: pair.id,
    ground,
    from: pair.from,
    topology: pair.topology,
    ...(pair.nodeImage !== undefined && { nodeImage: pair.nodeImage }),
    versions: {},
  };
  writePair(kept);
  const unlock = lockPair(ground.folder);
  return {
    ground,
    ready: async (signal) => {
      const { provisionPair } = await import('./provision/provision.ts');
      const versions = await provisionPair({
        ground,
        topology: pair.topology,
        files: pair.files,
        engine,
        nodeImage: pair.nodeImage ?? process.env.ELEVENPROOF_NODE_IMAGE,
        signal,
        onStep: (site, step) => {
          if (step.state === 'begun') return;
          onStep(`${site === undefined ? '' : `${site}: `}${step.text}${step.state === 'failed' ? ' failed' : ''}`);
        },
      });
      writePair({ ...kept, versions });
      return versions;
    },
    leave: async (signal) => {
      unlock();
      if (pair.keep) return;
      onStep('Removing clusters, containers and network');
      await removePair(ground, engine, signal);
    },
  };
}

/** Takes a pair that stands, or is parked. Throws an InputError when it is of another topology or in somebody's hands. */
export async function standingPair(pair: PairOptions, engine: Engine, onStep: OnStep): Promise<Taken> {
  const { lockPair } = await import('./provision/pair-lock.ts');
  const files = readPair(pair.folder);
  refuseOther(pair, files.topology);
  await refuseGone(files.ground, engine);
  const unlock = lockPair(files.ground.folder);
  return {
    ground: files.ground,
    ready: async (signal) => {
      const { unparkPair } = await import('./provision/park.ts');
      onStep('Waiting until the kept clusters are ready');
      const gated = { ground: files.ground, engine, kube: await connectKubes(files.ground) };
      await unparkPair(gated, signal);
      const { freshen } = await import('./provision/clean-state.ts');
      await freshen(gated, signal);
      return files.versions;
    },
    leave: async () => unlock(),
  };
}

/** Machines decide whether a pair fits; what is deployed on them is set anew. */
function refuseOther({ topology, folder }: PairOptions, kept: Topology): void {
  const shape = ({ sites }: Topology) =>
    sites.map(({ name, nodes }) => `${name}: ${nodes.map(({ name: node }) => node).join(', ')}`).join('; ');
  if (shape(topology) === shape(kept)) return;
  throw new InputError({
    file: folder,
    message: `Expected clusters with the nodes of topology ${topology.name} (${shape(topology)}), found ${shape(kept)}`,
    hint: `Make some: elevenproof up --topology ${topology.name}`,
  });
}

/** Throws an OperatingError when nothing of the pair is left. */
export async function refuseGone(ground: Ground, engine: Engine): Promise<void> {
  const { containersOf } = await import('./provision/pair-containers.ts');
  if ((await containersOf(ground.id, engine)).length > 0) return;
  throw new OperatingError(`The clusters ${ground.id} are gone: no container of theirs is left`);
}

/** Removes the pair and what its folder keeps; the folder itself goes when nothing else is in it. */
export async function removePair(ground: Ground, engine: Engine, signal: AbortSignal): Promise<void> {
  const { teardownPair } = await import('./provision/teardown.ts');
  await teardownPair(ground, engine, signal);
  if (existsSync(join(ground.folder, pairFileName))) rmSync(ground.folder, { recursive: true, force: true });
}
