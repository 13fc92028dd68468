/** Runs one scenario on one platform from files to verdicts: reads the topology, builds the world, runs, judges, and writes what a run leaves behind. The only place where adapters meet. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { InputError, worstExitCode } from '../base/errors.ts';
import { describeHost, projectVersion } from '../base/host.ts';
import { makeFolders } from '../base/make-folders.ts';
import { errorBudgetUsed } from '../domain/error-budget.ts';
import type { RunEvent } from '../domain/event.ts';
import type { LoadPlan } from '../domain/load.ts';
import { planLoad } from '../domain/load-plan.ts';
import type { RunRecord } from '../domain/record.ts';
import type { Scenario } from '../domain/scenario.ts';
import { windowMsFor } from '../domain/sli-window.ts';
import type { Topology } from '../domain/topology.ts';
import { type Judgement, judge } from '../judge/judge.ts';
import type { LoadDriver } from '../load/load-driver.ts';
import type { Platform } from '../platform/platform.ts';
import { run } from '../run/run.ts';
import type { RunOutcome } from '../run/run-request.ts';
import { preflight, serviceOf } from './preflight.ts';
import { readTopology } from './topology/read-topology.ts';

/** What to run and how. */
export interface RunOptions {
  readonly scenario: Scenario;
  /** File that the scenario came from and its hash, for the record. */
  readonly source?: { readonly path: string; readonly sha256: string };
  /** Name of a shipped topology, a folder, or a file; absent: the scenario's. */
  readonly topology?: string;
  /** `simulated`. */
  readonly platform: string;
  /** 1 to 16 hexadecimal digits. */
  readonly seed: string;
  /** Folder of this run; absent: nothing is written. */
  readonly out?: string;
  readonly runId?: string;
  /** Peak rate of the busiest channel, requests per second; others in proportion. */
  readonly peakRps?: number;
  /** Scales rates, capacity per pod and targets of business metrics together; 1 is as written. */
  readonly scale: number;
  readonly sets: readonly string[];
  readonly noFaults: boolean;
  readonly duds: readonly string[];
  /** Name of a twin of the scenario. */
  readonly twin?: string;
  readonly allowCommands: boolean;
  readonly nodeImage?: string;
  /** Aborts, heals and tears down. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  /** Called once, before anything is touched. */
  readonly onStart?: (about: {
    readonly topology: Topology;
    readonly plan: LoadPlan;
    readonly platform: string;
  }) => void;
  /** Command that repeats the run, for the record. */
  readonly repeat?: string;
}

/** What came of it. */
export interface RunResult {
  readonly record: RunRecord;
  readonly events: readonly RunEvent[];
  readonly exitCode: number;
  readonly folder?: string;
}

/** Everything that a run needs, resolved and checked, with nothing touched yet. */
export interface Prepared {
  readonly topology: Topology;
  readonly topologyPath: string;
  readonly plan: LoadPlan;
  readonly sets: readonly string[];
  readonly platform: Platform;
  readonly load: LoadDriver;
}

/** Reads, checks and builds. Throws an InputError with all problems; touches nothing. */
export async function prepare(options: RunOptions): Promise<Prepared> {
  const { scenario, scale, seed, peakRps } = options;
  const sets = [...scenario.set, ...twinSets(scenario, options.twin), ...options.sets];
  const topologyPath = options.topology ?? scenario.topology;
  const { allowCommands, nodeImage } = options;
  const read = await readTopology(topologyPath, { sets, allowCommands, ...(nodeImage !== undefined && { nodeImage }) });
  const topology = scaleTopology(read, scale);
  const { platform, load } = await buildPlatform(options.platform, topology, seed);
  preflight({ scenario, topology, platform, duds: options.duds });
  const service = serviceOf(scenario, topology);
  const plan = planLoad(scenario.load, {
    service,
    scale,
    limitMs: scenario.limitMs,
    ...(peakRps !== undefined && { peakRps }),
  });
  return { topology: widenWindows(topology, plan), topologyPath, plan, sets, platform, load };
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

/** Windows of the service that is asked, as wide as its slowest load needs; a wider one is named among what was assumed. */
function widenWindows(topology: Topology, { service, channels }: LoadPlan): Topology {
  const limits = topology.steadyState[service];
  const slowestRps = channels.reduce((sum, channel) => sum + channel.rateRpsBase, 0);
  const windowMs = windowMsFor(slowestRps);
  if (limits === undefined || windowMs <= (limits.windowMs ?? 1_000)) return topology;
  const assumed = `${service}: ${slowestRps} requests/s at base, so its steady state is judged over ${windowMs / 1000} s`;
  return {
    ...topology,
    steadyState: { ...topology.steadyState, [service]: { ...limits, windowMs } },
    assumed: [...topology.assumed, assumed],
  };
}

/** Capacity per pod and targets of business metrics times the scale: fewer requests, each weighing more. */
function scaleTopology(topology: Topology, scale: number): Topology {
  if (scale === 1) return topology;
  const sites = topology.sites.map((site) => ({
    ...site,
    workloads: site.workloads.map((workload) => ({
      ...workload,
      behaviour: scaleBehaviour(workload.behaviour, scale),
    })),
    services: site.services.map((service) => ({
      ...service,
      policy: { ...service.policy, rateLimitRps: mapValues(service.policy.rateLimitRps, (rps) => rps * scale) },
    })),
    autoscalers: site.autoscalers.map((autoscaler) => ({
      ...autoscaler,
      metrics: autoscaler.metrics.map((metric) =>
        metric.kind === 'per-pod' ? { ...metric, target: metric.target * scale } : metric,
      ),
    })),
  }));
  return { ...topology, sites };
}

const mapValues = (record: Readonly<Record<string, number>>, map: (value: number) => number) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

/** A pod serves `scale` times as many requests at the same latency: it works on fewer at a time, each of which burns more CPU. */
function scaleBehaviour(behaviour: Topology['sites'][number]['workloads'][number]['behaviour'], scale: number) {
  return {
    ...behaviour,
    concurrency: behaviour.concurrency * scale,
    queueMax: behaviour.queueMax * scale,
    cpuMsPerRequest: behaviour.cpuMsPerRequest / scale,
  };
}

async function buildPlatform(
  name: string,
  topology: Topology,
  seed: string,
): Promise<{ readonly platform: Platform; readonly load: LoadDriver }> {
  if (name !== 'simulated') {
    throw new InputError({ message: `No platform \`${name}\``, hint: 'Platforms: simulated.' });
  }
  const { createWorld } = await import('../sim/world.ts');
  const { createPump } = await import('../platform/simulated/pump.ts');
  const { createSimulatedPlatform } = await import('../platform/simulated/simulated.ts');
  const { createSimulatedLoad } = await import('../load/simulated/simulated-load.ts');
  const world = createWorld(topology, seed);
  const pump = createPump(world);
  return { platform: createSimulatedPlatform(world, pump), load: createSimulatedLoad(world, pump.touch) };
}

/** Runs the scenario. Throws an InputError before anything is touched; afterwards everything that happens is in the result. */
export async function runScenario(options: RunOptions): Promise<RunResult> {
  const startedAt = new Date();
  const prepared = await prepare(options);
  const { topology, plan, platform, load, sets } = prepared;
  if (options.out !== undefined) makeFolder(options.out);
  options.onStart?.({ topology, plan, platform: platform.name });
  const outcome = await run({
    scenario: options.scenario,
    topology,
    plan,
    platform,
    load,
    seed: options.seed,
    scale: options.scale,
    noFaults: options.noFaults,
    duds: options.duds,
    sets,
    version: projectVersion(),
    signal: options.signal,
    ...(options.out !== undefined && { folder: options.out }),
    ...(options.onEvent !== undefined && { onEvent: options.onEvent }),
  });
  const record = buildRecord(options, prepared, outcome, startedAt);
  if (options.out !== undefined) {
    const { writeRecord } = await import('../report/record.ts');
    writeRecord(options.out, record);
  }
  return {
    record,
    events: outcome.events,
    exitCode: record.exitCode,
    ...(options.out !== undefined && { folder: options.out }),
  };
}

/** Makes the folder of a run; one that exists already belongs to another run. */
function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new InputError({
      message: `Cannot make the run folder \`${folder}\` (${code})`,
      hint: 'Give another folder with --out.',
    });
  }
}

function buildRecord(options: RunOptions, prepared: Prepared, outcome: RunOutcome, startedAt: Date): RunRecord {
  const { scenario } = options;
  const { topology, platform } = prepared;
  const judged = judge(outcome.events, scenario);
  const files = topology.files;
  const wallMs = Date.now() - startedAt.getTime();
  const source = options.source ?? { path: '', sha256: '' };
  return {
    format: 'elevenproof-record/1',
    runId: options.runId ?? `${scenario.name}-${options.seed}`,
    scenario: {
      name: scenario.name,
      title: scenario.title,
      proves: scenario.proves,
      sha256: source.sha256,
      path: shown(source.path),
    },
    platform: { name: platform.name, versions: platform.versions },
    seed: options.seed,
    scale: options.scale,
    topology: {
      name: topology.name,
      path: shown(prepared.topologyPath),
      sha256: hashOf([...files.map((file) => `${file.path} ${file.sha256}`), ...prepared.sets]),
      files,
      sets: prepared.sets,
      assumed: topology.assumed,
      notModelled: topology.notModelled,
      kubernetes: Object.fromEntries(topology.sites.map((site) => [site.name, `1.${site.kubernetes.minor}`])),
    },
    options: {
      faultsInjected: !options.noFaults,
      duds: options.duds,
      ...(options.peakRps !== undefined && { peakRps: options.peakRps }),
      ...(options.twin !== undefined && { twin: options.twin }),
    },
    times: { startedAt: startedAt.toISOString(), wallMs, platformMs: outcome.events.at(-1)?.seenMs ?? 0 },
    host: describeHost(),
    version: projectVersion(),
    how: outcome.how,
    ...(outcome.because !== undefined && { because: outcome.because }),
    standing: judged.standing,
    verdicts: judged.verdicts,
    unreverted: outcome.unreverted,
    story: outcome.coverage,
    errorBudgets: errorBudgetsOf(judged, prepared),
    timeline: { events: outcome.events.length, sha256: timelineHash(options.out) },
    exitCode: exitCodeOf(outcome, judged.exitCode),
    repeat: options.repeat ?? `elevenproof run ${scenario.name} --seed ${options.seed}`,
  };
}

/** Of the business service that the load asks for. */
function errorBudgetsOf({ run }: Judgement, { topology, plan }: Prepared): RunRecord['errorBudgets'] {
  const { service } = plan;
  const successRatioMin = topology.steadyState[service]?.successRatioMin ?? 1;
  const used = run === undefined || successRatioMin === 1 ? undefined : errorBudgetUsed(run, service, successRatioMin);
  if (used === undefined) return {};
  const { burnRate, shareOfBudgetRatio } = used;
  return { [service]: { successRatioMin, burnRate, shareOfBudgetRatio } };
}

/** SHA-256 of the timeline's bytes; empty for a run in memory. */
function timelineHash(folder: string | undefined): string {
  return folder === undefined
    ? ''
    : createHash('sha256')
        .update(readFileSync(join(folder, 'timeline.jsonl')))
        .digest('hex');
}

function exitCodeOf(outcome: RunOutcome, judged: number): number {
  const codes = [judged, ...outcome.exitHints];
  return worstExitCode(codes);
}

const hashOf = (lines: readonly string[]) => createHash('sha256').update(lines.join('\n')).digest('hex');

/** A path as it may stand in a record: relative to where the command was given. */
function shown(path: string): string {
  return isAbsolute(path) ? relative(process.cwd(), path) : path;
}
