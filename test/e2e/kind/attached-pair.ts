/** The pair of clusters that tests run on: made once, by whoever starts them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Topology } from '../../../src/domain/topology.ts';
import { connectEngine } from '../../../src/platform/kind/engine.ts';
import type { Ground } from '../../../src/platform/kind/ground.ts';
import { connectKube, type Kube } from '../../../src/platform/kind/kube.ts';
import { createWallClock } from '../../../src/platform/kind/wall-clock.ts';
import type { KindWorld } from '../../../src/platform/kind/world.ts';

/** Folder with ground.json, topology.json and kubeconfigs; undefined: these tests are left out. */
export const pairFolder = process.env.ELEVENPROOF_TEST_PAIR;

/** Attaches to it. */
export async function attachedPair(folder: string): Promise<KindWorld> {
  const read = <T>(name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
  const ground: Ground = { ...read<Ground>('ground.json'), folder };
  const kubes = new Map<string, Kube>();
  for (const site of ground.sites) kubes.set(site.name, await connectKube(join(folder, site.kubeconfig)));
  return {
    ground,
    topology: read<Topology>('topology.json'),
    engine: await connectEngine(),
    clock: createWallClock(),
    kube: (site) => kubes.get(site)!,
  };
}
