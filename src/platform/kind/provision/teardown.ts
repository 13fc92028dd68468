/** Removes all that a pair is made of. Apart because it must work from the ground alone, whatever of it exists, and twice. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { OperatingError } from '../../../base/errors.ts';
import type { Engine } from '../engine.ts';
import { type Ground, pairLabel } from '../ground.ts';
import { removeDockerShim } from './docker-shim.ts';
import { containersOf, nameOf } from './pair-containers.ts';

/** A kind that was ended in the middle may have asked Docker for one more container, which comes up a moment later. */
const rounds = 20;
const pauseMs = 500;

/** Removes clusters, containers, volumes, the network, and the secrets in the pair's folder. kind removes a cluster by its label alone, and so do we, which needs no program. Nothing that is gone already is an error. Throws an OperatingError that names what would not go. */
export async function teardownPair(ground: Ground, engine: Engine, signal: AbortSignal): Promise<void> {
  removeSecrets(ground);
  for (let round = 0; round < rounds; round++) {
    signal.throwIfAborted();
    const containers = await containersOf(ground, engine);
    await Promise.all(containers.map(({ Id }) => engine.remove(Id)));
    await removeVolumes(ground, engine);
    if (containers.length === 0 && (await removeNetwork(ground, engine))) return;
    await pause(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  const left = [...(await containersOf(ground, engine)).map(nameOf), ground.network].join(', ');
  throw new OperatingError(`Failed to tear down the clusters ${ground.id}: still there are ${left}`, {
    hint: `See: docker ps -a --filter label=${pairLabel}=${ground.id}`,
  });
}

/** Kubeconfigs let anybody in; what says which clusters there were may stay. */
function removeSecrets(ground: Ground): void {
  removeDockerShim(ground);
  for (const { kubeconfig } of ground.sites)
    for (const suffix of ['', '.lock']) rmSync(join(ground.folder, `${kubeconfig}${suffix}`), { force: true });
}

async function removeVolumes(ground: Ground, engine: Engine): Promise<void> {
  const { Volumes } = await engine.docker.listVolumes({ filters: { label: [`${pairLabel}=${ground.id}`] } });
  for (const { Name } of Volumes ?? []) await gone(engine.docker.getVolume(Name).remove({ force: true }));
}

/** Whether the network is gone now. It does not go while a container is on it. */
async function removeNetwork(ground: Ground, engine: Engine): Promise<boolean> {
  return gone(engine.docker.getNetwork(ground.network).remove());
}

async function gone(removal: Promise<unknown>): Promise<boolean> {
  try {
    await removal;
    return true;
  } catch (error) {
    return (error as { statusCode?: number }).statusCode === 404;
  }
}
