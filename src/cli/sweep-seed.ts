/** One seed of a sweep: run in memory, reduced to what the distribution needs. Apart because it runs in this thread or in a worker alike, and only plain data crosses. */
import { InputError, OperatingError } from '../base/errors.ts';
import { loadScenario } from '../compose/catalogue.ts';
import { readInputs } from '../compose/prepare.ts';
import { runScenario } from '../compose/run-scenario.ts';
import type { Standing } from '../domain/objective.ts';
import { type Figure, figuresOf } from '../report/figures.ts';
import type { CheckedRunOptions } from './run-options.ts';

/** What every seed of a sweep has in common. Plain data. */
export interface SweepJob {
  readonly scenarioPath: string;
  readonly options: CheckedRunOptions;
}

/** What became of one seed. Plain data. */
export interface SeedResult {
  readonly seed: string;
  readonly standing: Standing;
  readonly exitCode: number;
  readonly figures: readonly Figure[];
  readonly standings: readonly { readonly objective: string; readonly standing: Standing; readonly received: string }[];
  /** Why the run broke, if it did. */
  readonly error?: string;
}

/** Runs one seed. Never throws: a run that breaks is a result, too. */
export type SeedRunner = (seed: string, signal: AbortSignal) => Promise<SeedResult>;

/** A runner for the seeds of one job. Files are read with its first seed. */
export function createSeedRunner(job: SweepJob): SeedRunner {
  const { options } = job;
  const readOnce = async () => {
    const { scenario, ...source } = await loadScenario(job.scenarioPath);
    const inputs = await readInputs({ ...options, scenario, seed: '0' });
    return { ...options, scenario, source, inputs };
  };
  let common: ReturnType<typeof readOnce> | undefined;
  return async (seed, signal) => {
    try {
      common ??= readOnce();
      const { record } = await runScenario({ ...(await common), seed, signal });
      return {
        seed,
        standing: record.standing,
        exitCode: record.exitCode,
        figures: figuresOf(record),
        standings: record.verdicts.map(({ objective, standing, received }) => ({ objective, standing, received })),
      };
    } catch (error) {
      return brokenSeed(seed, error);
    }
  };
}

/** The result of a seed whose run broke. What is told in words has no stack. */
export function brokenSeed(seed: string, error: unknown): SeedResult {
  const told = error instanceof InputError || error instanceof OperatingError;
  const text = error instanceof Error ? (told ? error.message : (error.stack ?? error.message)) : String(error);
  return { seed, standing: 'unknown', exitCode: 70, figures: [], standings: [], error: text };
}
