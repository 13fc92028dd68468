/** A pair of clusters that stands already, for tests that only look at one or break it gently: the folder that `ELEVENPROOF_PAIR` names. Apart because making one takes minutes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Topology } from '../../../src/domain/topology.ts';
import { connectEngine } from '../../../src/platform/kind/engine.ts';
import type { Ground } from '../../../src/platform/kind/ground.ts';
import { connectKube, type Kube } from '../../../src/platform/kind/kube.ts';
import { createWallClock } from '../../../src/platform/kind/wall-clock.ts';
import type { KindWorld } from '../../../src/platform/kind/world.ts';

/** Folder of the pair; undefined: none is named. */
export const standingPair = process.env.ELEVENPROOF_PAIR;

/** Attaches to it, with a clock of its own. */
export async function attachPair(folder: string): Promise<KindWorld> {
  const pair = JSON.parse(readFileSync(join(folder, 'pair.json'), 'utf8')) as { ground: Ground; topology: Topology };
  const kubes = new Map<string, Kube>();
  for (const { name, kubeconfig } of pair.ground.sites) kubes.set(name, await connectKube(join(folder, kubeconfig)));
  return {
    ground: { ...pair.ground, folder },
    topology: pair.topology,
    engine: await connectEngine(),
    clock: createWallClock(),
    kube: (site) => kubes.get(site)!,
  };
}
