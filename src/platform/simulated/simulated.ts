/** The simulated platform: the port of a platform over a world in memory. It needs Node and nothing else. */
import { OperatingError } from '../../base/errors.ts';
import type { Action, ActionOutcome, Verb } from '../../domain/action.ts';
import { verbs } from '../../domain/action.ts';
import type { Publish, RunEventBody } from '../../domain/event.ts';
import { type Before, createBefore, perform } from '../../sim/perform.ts';
import { probeFor } from '../../sim/proof.ts';
import type { World } from '../../sim/world.ts';
import type { Platform } from '../platform.ts';
import { probeApi } from './api-prober.ts';
import { readData } from './data-reader.ts';
import { observeWorld } from './observed.ts';
import type { Pump } from './pump.ts';
import { createWatcher, pollMs } from './watcher.ts';

/** Time from the order to the act, ms: a command in a container. Shorter makes proofs narrower. */
const actDelayMs = { min: 20, max: 80 } as const;
/** Period at which proof is sought, ms. It is the resolution of recovery times. */
const proofPeriodMs = pollMs;
/** After this long without proof an action did not land, ms; rebuilding a cluster from a snapshot takes an operator's script longer than a signal does. */
const proofLimitMs = (verb: Verb) => (verb === 'etcd.restore' ? 120_000 : 10_000);
/** Two kind clusters side by side take about this long, ms; of no consequence for verdicts. */
const provisionMs = { min: 38_000, max: 46_000 } as const;
/** How long a deployment may take, ms. */
const deployLimitMs = 600_000;
/** Reading every order of every database takes about this long, ms. */
const auditMs = 2_000;

/** A platform over this world. The world ends with the process, unless the caller keeps it: `kept` holds what earlier platforms over the same world changed, as marks on the objects of a real one would, and then this one can be attached. */
export function createSimulatedPlatform(world: World, pump: Pump, kept?: Before): Platform {
  const { kernel } = world;
  const random = kernel.random('platform');
  const before = kept ?? createBefore();
  const done = new Set<string>();
  return {
    name: 'simulated',
    verbs: new Set(Object.keys(verbs) as Verb[]),
    clock: pump.clock,
    versions: { kubernetes: world.sites.map((site) => `1.${site.kubernetes.minor}`).join(', ') },
    provision: async (_topology, journal, signal) => {
      const handle = { platform: 'simulated' };
      journal.handle(handle);
      pump.start();
      await pump.waitUntil(random.int(provisionMs.min, provisionMs.max), signal);
      return handle;
    },
    attach: async () => {
      if (kept !== undefined) return pump.start();
      throw new OperatingError('A simulated world ends with its process: nothing of it is left to attach to');
    },
    deploy: async (_topology, signal) => {
      for (const site of world.sites) world.workloads.deploy(site.name);
      await pump
        .waitFor(() => isDeployed(world), 1_000, deployLimitMs, signal)
        .catch((cause) => {
          if (signal.aborted) throw cause;
          throw new OperatingError(
            `The workloads were not ready after ${deployLimitMs / 1000} s: ${unready(world).join(', ')}`,
            { cause },
          );
        });
    },
    observe: (publish) => observe(world, pump, publish),
    issue: (action, outcome) => {
      if (done.has(action.id)) return;
      done.add(action.id);
      issue(world, pump, action, outcome, random.int(actDelayMs.min, actDelayMs.max), () =>
        perform(world, action, before),
      );
    },
    audit: async (signal) => {
      await pump.waitUntil(kernel.now() + auditMs, signal);
      return world.replication.audit();
    },
    teardown: async () => pump.stop(),
  };
}

function isDeployed(world: World): boolean {
  return unready(world).length === 0 && world.sites.every((site) => world.controlPlane.whole(site.name));
}

/** Workloads that are not ready, as `east/orders 2 of 4`. */
function unready(world: World): readonly string[] {
  return world.sites.flatMap((site) =>
    site.workloads.flatMap((workload) => {
      const { ready, wanted } = world.workloads.status(site.name, workload.name);
      return ready < wanted ? [`${site.name}/${workload.name} ${ready} of ${wanted}`] : [];
    }),
  );
}

const quiet: ReadonlySet<RunEventBody['type']> = new Set(['traffic', 'data', 'capacity']);

function observe(world: World, pump: Pump, publish: Publish): () => void {
  let stopped = false;
  const tell: Publish = (event, atMs) => {
    if (stopped) return;
    if (!quiet.has(event.type)) pump.touch();
    publish(event, atMs);
  };
  const random = world.kernel.random('observers');
  observeWorld(world, createWatcher(world, random.fork('informers'), tell));
  world.promoted.on((promotion) => tell(promotion, world.kernel.now()));
  const stops = [
    ...world.sites.map((site) => probeApi(world, site.name, random.fork(`api/${site.name}`), tell)),
    readData(world, tell),
  ];
  return () => {
    if (stopped) return;
    for (const stop of stops) stop();
    stopped = true;
  };
}

/** Acts, then looks from outside until the act is visible. Landed between the last look without it and the first with it. */
function issue(
  world: World,
  pump: Pump,
  action: Action,
  outcome: (outcome: ActionOutcome) => void,
  delayMs: number,
  act: () => void,
): void {
  const { kernel } = world;
  const probe = probeFor(world, action);
  const limitMs = proofLimitMs(action.verb);
  const issuedMs = kernel.now();
  let lastWholeMs = issuedMs;
  const tell = (result: ActionOutcome) => {
    pump.touch();
    outcome(result);
  };
  const look = () => {
    const proof = probe();
    const nowMs = kernel.now();
    if (proof !== undefined) tell({ actionId: action.id, landed: true, fromMs: lastWholeMs, toMs: nowMs, proof });
    else if (nowMs - issuedMs >= limitMs)
      tell({ actionId: action.id, landed: false, reason: `no proof within ${limitMs / 1000} s` });
    else {
      lastWholeMs = nowMs;
      kernel.after(proofPeriodMs, look);
    }
  };
  kernel.after(delayMs, () => {
    if (!action.dud) act();
    look();
  });
}
