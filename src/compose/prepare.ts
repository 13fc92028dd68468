/** Everything that a run needs, read from files, checked and built, with nothing touched yet. Apart from running it, because `plan` stops here. */
import { InputError } from '../base/errors.ts';
import type { UsedCalibration } from '../domain/calibration.ts';
import type { RunEvent } from '../domain/event.ts';
import type { LoadPlan } from '../domain/load.ts';
import { planLoad } from '../domain/load-plan.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { Topology } from '../domain/topology.ts';
import type { LoadDriver } from '../load/load-driver.ts';
import type { SiteFiles } from '../platform/kind/world.ts';
import type { Platform } from '../platform/platform.ts';
import { readCalibration } from './calibration.ts';
import { buildAdapters } from './platforms.ts';
import { preflight, serviceOf } from './preflight.ts';
import { scaleTopology, widenWindows } from './scale.ts';
import { openNamesOf } from './scenario-names.ts';
import { readTopologyAndFiles } from './topology/read-topology.ts';

/** What to run and how. Only scenario and seed have no default. */
export interface RunOptions {
  readonly scenario: Scenario;
  /** File that the scenario came from and its hash, for the record. */
  readonly source?: { readonly path: string; readonly sha256: string };
  /** Name of a shipped topology, a folder, or a file; absent: the scenario's. */
  readonly topology?: string;
  /** `simulated`, which is also the default, or `kind`. */
  readonly platform?: string;
  /** 1 to 16 hexadecimal digits. */
  readonly seed: string;
  /** Folder of this run; absent: nothing is written. */
  readonly out?: string;
  readonly runId?: string;
  /** Peak rate of the busiest channel, requests per second; others in proportion. */
  readonly peakRps?: number;
  /** Scales rates, capacity per pod and targets of business metrics together; 1, the default, is as written. */
  readonly scale?: number;
  /** Changes to the topology as `--set` takes them. */
  readonly sets?: readonly string[];
  /** Plays everything and injects no damage. */
  readonly noFaults?: boolean;
  /** Names of faults whose act is to do nothing. */
  readonly duds?: readonly string[];
  /** Name of a twin of the scenario. */
  readonly twin?: string;
  /** Topologies may run commands for their manifests. */
  readonly allowCommands?: boolean;
  readonly nodeImage?: string;
  /** File of `doctor --calibrate`: times of a host for the simulator, and for the record of any platform. */
  readonly calibration?: string;
  /** On kind: leave the clusters as they are at the end. */
  readonly keep?: boolean;
  /** On kind: name or folder of a pair of clusters to run on. */
  readonly reuse?: string;
  /** On kind: `none`, or the path of a k6 script that is played instead of the plan. */
  readonly load?: string;
  /** Aborts, heals and tears down. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  /** Hears what a real platform is making, in words for a person. */
  readonly onStep?: (text: string) => void;
  /** Called once, before anything is touched. */
  readonly onStart?: (about: {
    readonly topology: Topology;
    readonly plan: LoadPlan;
    readonly platform?: string;
  }) => void;
  /** Command that repeats the run, for the record. */
  readonly repeat?: string;
  /** What {@link readInputs} gave for these very options: the runs of a sweep read their files once. */
  readonly inputs?: Inputs;
}

/** What a run takes from files. The same for every seed. */
export interface Inputs {
  readonly topology: Topology;
  /** What the topology was read from, with all changes, in the order of its sites. */
  readonly files: readonly SiteFiles[];
  readonly topologyPath: string;
  readonly sets: readonly string[];
  readonly calibration?: UsedCalibration;
}

/** Everything that a run needs, resolved and checked, with nothing touched yet. */
export interface Prepared {
  readonly topology: Topology;
  readonly topologyPath: string;
  readonly plan: LoadPlan;
  readonly sets: readonly string[];
  readonly platform: Platform;
  readonly load: LoadDriver;
  readonly calibration?: UsedCalibration;
  /** SLIs that the load lets become steady; absent: all. */
  readonly slisAwaited?: readonly string[];
}

/** Reads, checks and builds. Throws an InputError with all problems; touches nothing. */
export async function prepare(options: RunOptions): Promise<Prepared> {
  const { scenario, scale = 1, peakRps, duds = [] } = options;
  const inputs = options.inputs ?? (await readInputs(options));
  const { topology, topologyPath, sets, calibration } = inputs;
  const { refusal, ...adapters } = await buildAdapters(options, inputs);
  preflight({ scenario, topology, platform: adapters.platform, duds, path: options.source?.path });
  const service = serviceOf(scenario, topology);
  const plan = planLoad(scenario.load, {
    service,
    scale,
    limitMs: scenario.limitMs,
    ...(peakRps !== undefined && { peakRps }),
  });
  const refused = refusal?.(plan);
  if (refused !== undefined) throw new InputError(refused);
  const known = calibration === undefined ? {} : { calibration };
  return { topology: widenWindows(topology, plan), topologyPath, plan, sets, ...adapters, ...known };
}

/** Reads the topology that the options name, with all changes to it. Throws an InputError with all problems. */
export async function readInputs(options: RunOptions): Promise<Inputs> {
  const { scenario, scale = 1, allowCommands = false, nodeImage } = options;
  const scenarioSets = [...scenario.set, ...twinSets(scenario, options.twin)];
  const sets = [...scenarioSets, ...(options.sets ?? [])];
  const topologyPath = options.topology ?? scenario.topology;
  const read = await readTopologyAndFiles(topologyPath, {
    sets,
    scenarioSets,
    allowCommands,
    openNames: openNamesOf(scenario),
    ...(nodeImage !== undefined && { nodeImage }),
  });
  const calibration =
    options.calibration === undefined ? {} : { calibration: await readCalibration(options.calibration) };
  return { topology: scaleTopology(read.topology, scale), files: read.files, topologyPath, sets, ...calibration };
}

function twinSets(scenario: Scenario, twin: string | undefined): readonly string[] {
  if (twin === undefined) return [];
  const found = Object.hasOwn(scenario.twins, twin) ? scenario.twins[twin] : undefined;
  if (found !== undefined) return found.set;
  const known = Object.keys(scenario.twins);
  throw new InputError({
    message: `Scenario ${scenario.name} has no twin \`${twin}\``,
    hint: `Twins: ${known.join(', ') || 'none'}.`,
  });
}
