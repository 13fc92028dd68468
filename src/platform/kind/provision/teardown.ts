/** Removes all that a pair is made of. Apart because it must work from the pair's id alone, whatever of it exists, and twice. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { OperatingError } from '../../../base/errors.ts';
import type { Engine } from '../engine.ts';
import { type Ground, pairLabel } from '../ground.ts';
import { removeDockerShim } from './docker-shim.ts';
import { containersOf, nameOf } from './pair-containers.ts';
import { within } from './until.ts';

/** A kind that was ended in the middle may have asked Docker for one more container, which comes up a moment later. */
const rounds = 20;
const pauseMs = 500;
/** Docker's answer to a removal of all, ms: a busy machine of two cores took 50 s. */
const roundMsMax = 180_000;

/** Removes clusters, containers, volumes, the network, and the secrets in the pair's folder. Nothing that is gone already is an error. Throws an OperatingError that names what would not go. */
export async function teardownPair(ground: Ground, engine: Engine, signal: AbortSignal): Promise<void> {
  removeSecrets(ground);
  await removeByLabel(ground.id, engine, signal);
}

/** Removes what carries the label of a pair, whose folder may be gone. kind, too, removes a cluster by a label alone, and keeps nothing elsewhere. Throws an OperatingError that names what would not go. */
export async function removeByLabel(pairId: string, engine: Engine, signal: AbortSignal): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    signal.throwIfAborted();
    const bounds = { signal, limitMs: roundMsMax };
    if (await within(`remove the clusters ${pairId}`, removeOnce(pairId, engine), bounds)) return;
    await pause(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  const left = (await containersOf(pairId, engine)).map(nameOf);
  throw new OperatingError(
    `Failed to tear down the clusters ${pairId}: its ${left.join(', ') || 'network'} would not go`,
    {
      hint: `See: docker ps -a --filter label=${pairLabel}=${pairId}`,
    },
  );
}

/** Removes what is there now. Whether nothing was, apart from networks and volumes that went with it. */
async function removeOnce(pairId: string, engine: Engine): Promise<boolean> {
  const containers = await containersOf(pairId, engine);
  await Promise.all(containers.map(({ Id }) => engine.remove(Id)));
  const cleared = (await removeVolumes(pairId, engine)) && (await removeNetworks(pairId, engine));
  return containers.length === 0 && cleared;
}

/** Kubeconfigs let anybody in; what says which clusters there were may stay. */
function removeSecrets(ground: Ground): void {
  removeDockerShim(ground);
  for (const { kubeconfig } of ground.sites)
    for (const suffix of ['', '.lock']) rmSync(join(ground.folder, `${kubeconfig}${suffix}`), { force: true });
}

/** Whether all are gone now. One does not go while a container has it. */
async function removeVolumes(pairId: string, engine: Engine): Promise<boolean> {
  const { Volumes } = await engine.docker.listVolumes({ filters: { label: [`${pairLabel}=${pairId}`] } });
  const removals = (Volumes ?? []).map(({ Name }) => gone(engine.docker.getVolume(Name).remove({ force: true })));
  return (await Promise.all(removals)).every(Boolean);
}

/** Whether all are gone now. One does not go while a container is on it. */
async function removeNetworks(pairId: string, engine: Engine): Promise<boolean> {
  const networks = await engine.docker.listNetworks({ filters: { label: [`${pairLabel}=${pairId}`] } });
  const removals = networks.map(({ Id }) => gone(engine.docker.getNetwork(Id).remove()));
  return (await Promise.all(removals)).every(Boolean);
}

async function gone(removal: Promise<unknown>): Promise<boolean> {
  try {
    await removal;
    return true;
  } catch (error) {
    return (error as { statusCode?: number }).statusCode === 404;
  }
}
