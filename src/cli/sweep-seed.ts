/** One seed of a sweep: run in memory, reduced to what the distribution needs. Apart because it runs in this thread or in a worker alike, and only plain data crosses. */
import { loadScenario } from '../compose/catalogue.ts';
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
export async function runSeed(job: SweepJob, seed: string, signal: AbortSignal): Promise<SeedResult> {
  try {
    const { scenario, ...source } = await loadScenario(job.scenarioPath);
    const { record } = await runScenario({ ...job.options, scenario, source, seed, signal });
    return {
      seed,
      standing: record.standing,
      exitCode: record.exitCode,
      figures: figuresOf(record),
      standings: record.verdicts.map(({ objective, standing, received }) => ({ objective, standing, received })),
    };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, standing: 'unknown', exitCode: 70, figures: [], standings: [], error: text };
  }
}
