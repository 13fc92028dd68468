/** A run whose runner is dropped at an instant as by `kill -9`, while the world lives on in memory. Apart because it needs both a real run and hands on its world. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceOf } from '../../src/compose/preflight.ts';
import { readTopology } from '../../src/compose/topology/read-topology.ts';
import type { RunEvent } from '../../src/domain/event.ts';
import { planLoad } from '../../src/domain/load-plan.ts';
import type { Scenario } from '../../src/domain/scenario.ts';
import { createSimulatedLoad } from '../../src/load/simulated/simulated-load.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { createPump } from '../../src/platform/simulated/pump.ts';
import { createSimulatedPlatform } from '../../src/platform/simulated/simulated.ts';
import { run } from '../../src/run/run.ts';
import { createBefore } from '../../src/sim/perform.ts';
import { createWorld, type World } from '../../src/sim/world.ts';

/** What the dropped runner leaves behind. */
export interface Dropped {
  readonly world: World;
  /** Holds the journal. */
  readonly folder: string;
  /** What the runner had told before it was dropped. */
  readonly events: readonly RunEvent[];
  /** A new platform over the same world, not attached yet. */
  platform(): Platform;
}

/** Plays the scenario and drops its runner at `atMs` of platform time. */
export async function dropRunner(scenario: Scenario, seed: string, atMs: number): Promise<Dropped> {
  const topology = await readTopology(scenario.topology, { sets: scenario.set, allowCommands: false });
  const world = createWorld(topology, seed);
  const pump = createPump(world);
  const kept = createBefore();
  const platform = () => createSimulatedPlatform(world, pump, kept);
  const line = createLine();
  const folder = join(mkdtempSync(join(tmpdir(), 'dropped-')), 'run');
  const events: RunEvent[] = [];
  const dropped = new Promise<void>((resolve) => {
    world.kernel.at(atMs, () => {
      line.cut();
      pump.stop();
      resolve();
    });
  });
  const service = serviceOf(scenario, topology);
  void run({
    scenario,
    topology,
    plan: planLoad(scenario.load, { service, scale: 1, limitMs: scenario.limitMs }),
    platform: line.through(platform()),
    load: createSimulatedLoad(world, pump.touch),
    seed,
    scale: 1,
    noFaults: false,
    duds: [],
    sets: [],
    version: '0.0.0',
    folder,
    signal: new AbortController().signal,
    onEvent: (event) => void events.push(event),
  });
  await dropped;
  return { world, folder, events, platform };
}

/** The line between a runner and its platform: once cut, nothing passes either way any more. */
function createLine() {
  let whole = true;
  const passing =
    <A extends unknown[]>(call: (...args: A) => void) =>
    (...args: A) => {
      if (whole) call(...args);
    };
  const never = new Promise<never>(() => {});
  const answer = async <T>(call: Promise<T>): Promise<T> => {
    const result = await call.catch((error) => (whole ? Promise.reject(error) : never));
    return whole ? result : never;
  };
  const through = (platform: Platform): Platform => ({
    ...platform,
    clock: { now: platform.clock.now, at: (atMs, callback) => platform.clock.at(atMs, passing(callback)) },
    provision: (topology, journal, abort) => answer(platform.provision(topology, journal, abort)),
    deploy: (topology, abort) => answer(platform.deploy(topology, abort)),
    observe: (publish, abort) => platform.observe(passing(publish), abort),
    issue: (action, outcome) => {
      if (whole) platform.issue(action, passing(outcome));
    },
    audit: (abort) => answer(platform.audit(abort)),
    teardown: (abort) => answer(whole ? platform.teardown(abort) : never),
  });
  return {
    through,
    cut: () => {
      whole = false;
    },
  };
}
