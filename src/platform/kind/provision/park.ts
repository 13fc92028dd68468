/** A pair put to sleep and woken up: its containers stopped and started, nothing of it lost. Apart because addresses, certificates and etcd must come back in whatever order the containers do. */
import type { Engine } from '../engine.ts';
import type { Ground } from '../ground.ts';
import { type Gated, gate, gateMsMax } from './gate.ts';
import { containersOf } from './pair-containers.ts';
import { within } from './until.ts';

/** systemd in a node takes 6 to 8 s to shut down; what is still there after this is killed, s. */
const graceSeconds = 30;

/** Docker's answer to a stop of all comes after the grace at the latest, ms; a start of all takes seconds. */
const askMsMax = 120_000;

/** Stops everything that runs, all at once. Harmless when it is stopped already. */
export async function parkPair(ground: Ground, engine: Engine, signal: AbortSignal): Promise<void> {
  await within(`stop the nodes of ${ground.id}`, stopAll(ground, engine), { signal, limitMs: askMsMax });
}

async function stopAll(ground: Ground, engine: Engine): Promise<void> {
  const containers = await containersOf(ground.id, engine);
  await Promise.all(
    containers.map(async ({ Id, State }) => {
      if (State === 'paused') await engine.unpause(Id);
      await engine.stop(Id, graceSeconds);
    }),
  );
}

/** Starts everything, all at once, and waits for the gate. Harmless when it runs already. */
export async function unparkPair(pair: Gated, signal: AbortSignal, limitMs = gateMsMax): Promise<void> {
  const { ground, engine } = pair;
  await within(`start the nodes of ${ground.id}`, startAll(ground, engine), { signal, limitMs: askMsMax });
  await gate(pair, signal, limitMs);
}

async function startAll(ground: Ground, engine: Engine): Promise<void> {
  const containers = await containersOf(ground.id, engine);
  await Promise.all(containers.map(({ Id, State }) => (State === 'paused' ? engine.unpause(Id) : engine.start(Id))));
}

/** Whether any container of the pair is stopped; undefined when there is none at all. */
export async function isParked(ground: Ground, engine: Engine): Promise<boolean | undefined> {
  const containers = await containersOf(ground.id, engine);
  return containers.length === 0 ? undefined : containers.some(({ State }) => State !== 'running');
}
