/** The kind platform: the port of a platform over two real clusters in containers. It only ties the parts together; each is a folder beside this file. */

import { relative } from 'node:path';
import { OperatingError } from '../../base/errors.ts';
import type { Verb } from '../../domain/action.ts';
import type { Publish, Stop } from '../../domain/event.ts';
import type { Topology } from '../../domain/topology.ts';
import type { Platform } from '../platform.ts';
import { type Between, createBetween } from './between/between.ts';
import { deployPair } from './deploy/deploy-pair.ts';
import { nodePortOf } from './deploy/node-ports.ts';
import { connectEngine, type Engine } from './engine.ts';
import type { Ground } from './ground.ts';
import { connectKubes } from './kube.ts';
import { observeKind } from './observe/observe-kind.ts';
import { folderOf, handleOf, readPair } from './pair-files.ts';
import { newPair, refuseGone, standingPair, type Taken } from './pair-life.ts';
import { createPerformer, type Performer } from './perform/performer.ts';
import { realVerbs } from './perform/verbs.ts';
import type { WallClock } from './wall-clock.ts';
import type { KindWorld, SiteFiles } from './world.ts';

/** A pair that is to be made, or that stands and is to be used. */
export interface PairOptions {
  readonly topology: Topology;
  /** As `--topology` named it. */
  readonly from: string;
  readonly files: readonly SiteFiles[];
  /** Of rates, for what is deployed; the topology is scaled already. */
  readonly scale: number;
  /** Absolute path of the pair's folder. */
  readonly folder: string;
  /** `ep-` and six hexadecimal digits, for a new pair. */
  readonly id: string;
  /** It stands already. */
  readonly reuse: boolean;
  /** It is left as it is at the end. */
  readonly keep: boolean;
  /** Folder of the run, for evidence. */
  readonly runFolder: string;
  readonly nodeImage?: string;
}

/** What a kind platform is made from. Without a pair it can only attach. */
export interface KindOptions {
  readonly pair?: PairOptions;
  readonly clock: WallClock;
  /** Hears what is being done, in words for a person. */
  readonly onStep: (text: string) => void;
}

/** The platform, and what the load before it needs. */
export interface KindPlatform extends Platform {
  readonly clock: WallClock;
  /** URL that customers ask, once it is deployed. */
  entry(): string;
  /** Lines of the global load balancer's access log from now on. */
  accessLog(onLine: (line: string) => void): Stop;
}

/** Everything of a pair that stands. */
interface Standing {
  readonly world: KindWorld;
  readonly between: Between;
  readonly performer: Performer;
}

/** A kind platform. Nothing is touched, and nothing heavy loaded, before provision or attach. */
export function createKindPlatform({ pair, clock, onStep }: KindOptions): KindPlatform {
  const versions: Record<string, string> = {};
  const observing = createObserving();
  let taken: Taken | undefined;
  let standing: Standing | undefined;
  let deployed = false;
  let entry = '';
  const stood = (): Standing => {
    if (standing === undefined) throw new OperatingError('There are no clusters yet: provision or attach comes first');
    return standing;
  };
  const detach = () => {
    observing.end();
    standing?.performer.stop();
    standing?.between.close();
  };
  return {
    name: 'kind',
    verbs: new Set(Object.keys(realVerbs) as Verb[]),
    clock,
    versions,
    provision: async (topology, journal, signal) => {
      signal.throwIfAborted();
      if (pair === undefined) throw new OperatingError('This platform can only be attached to');
      const engine = await connectEngine();
      taken = await (pair.reuse ? standingPair : newPair)(pair, engine, onStep);
      const handle = handleOf(taken.ground);
      journal.handle(handle);
      Object.assign(versions, await taken.ready(signal));
      standing = stand(await createWorld(taken.ground, topology, engine, clock));
      return handle;
    },
    attach: async (handle, signal) => {
      const { ground, topology } = readPair(folderOf(handle));
      const engine = await connectEngine();
      await refuseGone(ground, engine);
      signal.throwIfAborted();
      standing = stand(await createWorld(ground, topology, engine, clock));
      deployed = true;
    },
    deploy: async (_topology, signal) => {
      const { world, between } = stood();
      await deployPair({ world, files: pair?.files ?? [], scale: pair?.scale ?? 1, signal, onStep });
      await between.start(signal);
      entry = (await between.entry()).url;
      deployed = true;
      observing.add(between.observe);
    },
    observe: (publish, signal) => {
      const { world, between } = stood();
      const stop = observing.begin(publish, signal);
      observing.add((tell, until) => observeKind(world, tell, until, between));
      if (deployed) observing.add(between.observe);
      return stop;
    },
    issue: (action, outcome) => stood().performer.issue(action, outcome),
    audit: (signal) => stood().between.audit(signal),
    keepEvidence: async (signal) => {
      if (pair === undefined || standing === undefined) return;
      onStep('Keeping evidence');
      const { collectEvidence } = await import('./evidence/collect.ts');
      const { folder } = await collectEvidence(standing.world, pair.runFolder, { signal });
      onStep(`Evidence in ${relative('.', folder)}`);
    },
    detach: async () => detach(),
    teardown: async (signal) => {
      detach();
      await taken?.leave(signal);
      taken = undefined;
    },
    entry: () => entry,
    accessLog: (onLine) => stood().between.accessLog(onLine),
  };
}

type Observer = (publish: Publish, signal: AbortSignal) => Stop;

/** Observers of one run: some begin when clusters stand, some when the workloads do. */
function createObserving() {
  const stops: Stop[] = [];
  let now: { readonly publish: Publish; readonly signal: AbortSignal } | undefined;
  const end = () => {
    now = undefined;
    for (const stop of stops.splice(0)) stop();
  };
  return {
    end,
    begin: (publish: Publish, signal: AbortSignal): Stop => {
      now = { publish, signal };
      return end;
    },
    add: (observer: Observer) => {
      if (now !== undefined) stops.push(observer(now.publish, now.signal));
    },
  };
}

async function createWorld(ground: Ground, topology: Topology, engine: Engine, clock: WallClock): Promise<KindWorld> {
  return { ground, topology, engine, clock, kube: await connectKubes(ground) };
}

function stand(world: KindWorld): Standing {
  const between = createBetween(world, { nodePort: (site, name) => nodePortOf(world, site, name) });
  return { world, between, performer: createPerformer(world, between.verbs) };
}
