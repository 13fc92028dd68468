/** Runs one scenario on one platform from files to verdicts, and writes what a run leaves behind. */
import { join } from 'node:path';
import { InputError, OperatingError } from '../base/errors.ts';
import { projectVersion } from '../base/host.ts';
import { makeFolders } from '../base/make-folders.ts';
import { whyUnwritten } from '../base/writing.ts';
import { checkDefined } from '../domain/defined-scenario.ts';
import type { RunEvent } from '../domain/event.ts';
import type { RunRecord } from '../domain/record.ts';
import { run } from '../run/run.ts';
import { buildRecord } from './build-record.ts';
import { prepare, type RunOptions } from './prepare.ts';

/** What came of it. */
export interface RunResult {
  readonly record: RunRecord;
  readonly events: readonly RunEvent[];
  readonly exitCode: number;
  readonly folder?: string;
}

/** Runs the scenario. Throws an InputError before anything is touched; afterwards everything that happens is in the result. */
export async function runScenario(options: RunOptions): Promise<RunResult> {
  const startedAt = new Date();
  const wrong = checkDefined(options.scenario);
  if (wrong.length > 0) throw new InputError(wrong);
  const prepared = await prepare(options);
  const { topology, plan, platform, load, sets, slisAwaited } = prepared;
  if (options.out !== undefined) makeFolder(options.out);
  options.onStart?.({ topology, plan, platform: platform.name });
  const outcome = await run({
    scenario: options.scenario,
    topology,
    plan,
    platform,
    load,
    slisAwaited,
    seed: options.seed,
    scale: options.scale ?? 1,
    noFaults: options.noFaults ?? false,
    duds: options.duds ?? [],
    sets,
    version: projectVersion(),
    signal: options.signal ?? new AbortController().signal,
    ...(options.out !== undefined && { folder: options.out }),
    ...(options.onEvent !== undefined && { onEvent: options.onEvent }),
  });
  const record = buildRecord(options, prepared, outcome, startedAt);
  if (options.out !== undefined) {
    await keepRecord(options.out, record);
  }
  return {
    record,
    events: outcome.events,
    exitCode: record.exitCode,
    ...(options.out !== undefined && { folder: options.out }),
  };
}

async function keepRecord(folder: string, record: RunRecord): Promise<void> {
  const { writeRecord } = await import('../report/record.ts');
  try {
    writeRecord(folder, record);
  } catch (error) {
    throw new OperatingError(
      `Failed to write ${join(folder, 'record.json')}: ${whyUnwritten(error) ?? String(error)}`,
      {
        hint: `What was written of its timeline can be judged: elevenproof judge ${folder}`,
      },
    );
  }
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
