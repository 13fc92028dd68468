/** The record of a run: its provenance, its verdicts and what it left. Judges the timeline; writes nothing. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { worstExitCode } from '../base/errors.ts';
import { describeHost, projectVersion } from '../base/host.ts';
import { errorBudgetUsed } from '../domain/error-budget.ts';
import type { RunRecord } from '../domain/record.ts';
import { type Judgement, judge } from '../judge/judge.ts';
import type { RunOutcome } from '../run/run-request.ts';
import type { Prepared, RunOptions } from './prepare.ts';

/** The record of a run that has ended, verdicts included. */
export function buildRecord(options: RunOptions, prepared: Prepared, outcome: RunOutcome, startedAt: Date): RunRecord {
  const { scenario } = options;
  const { topology, platform } = prepared;
  const judged = judge(outcome.events, scenario);
  const files = topology.files;
  const wallMs = Date.now() - startedAt.getTime();
  const { source } = options;
  return {
    format: 'elevenproof-record/1',
    runId: options.runId ?? `${scenario.name}-${options.seed}`,
    scenario: {
      name: scenario.name,
      title: scenario.title,
      proves: scenario.proves,
      sha256: source?.sha256 ?? hashOf([JSON.stringify(scenario)]),
      ...(source !== undefined && { path: shown(source.path) }),
    },
    platform: { name: platform.name, versions: platform.versions },
    seed: options.seed,
    scale: options.scale ?? 1,
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
      faultsInjected: options.noFaults !== true,
      duds: options.duds ?? [],
      ...(options.peakRps !== undefined && { peakRps: options.peakRps }),
      ...(options.twin !== undefined && { twin: options.twin }),
    },
    ...(prepared.calibration !== undefined && { calibration: prepared.calibration }),
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
    timeline: { events: outcome.events.length, ...timelineHash(options.out) },
    exitCode: worstExitCode([judged.exitCode, ...outcome.exitHints]),
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

/** SHA-256 of the timeline's bytes; nothing for a run in memory. */
function timelineHash(folder: string | undefined): { readonly sha256?: string } {
  if (folder === undefined) return {};
  const bytes = readFileSync(join(folder, 'timeline.jsonl'));
  return { sha256: createHash('sha256').update(bytes).digest('hex') };
}

const hashOf = (lines: readonly string[]) => createHash('sha256').update(lines.join('\n')).digest('hex');

/** A path as it may stand in a record: relative to where the command was given. */
function shown(path: string): string {
  return isAbsolute(path) ? relative(process.cwd(), path) || '.' : path;
}
