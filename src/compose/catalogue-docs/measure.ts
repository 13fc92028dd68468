/** What the pages on the catalogue say of each scenario: its verdicts as shipped and under every sabotage twin. Apart from the pages, so that these can be written and checked without any run. */
import type { Standing } from '../../domain/objective.ts';
import type { Scenario } from '../../domain/scenario.ts';
import { loadCatalogue, loadScenario } from '../catalogue.ts';
import { runScenario } from '../run-scenario.ts';

/** Seed of every run behind the pages. */
export const docsSeed = '1';

/** What one run said of one objective. */
export interface Outcome {
  readonly objective: string;
  readonly standing: Standing;
  readonly expected: string;
  readonly received: string;
}

/** A scenario and what its runs said; without `measured` only its names are known. */
export interface Entry {
  readonly scenario: Scenario;
  readonly measured?: {
    readonly asShipped: readonly Outcome[];
    /** Platform time of the run as shipped, ms. */
    readonly platformMs: number;
    readonly twins: Readonly<Record<string, readonly Outcome[]>>;
  };
}

/** Every shipped scenario, not run. */
export async function readEntries(): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const { path } of await loadCatalogue()) entries.push({ scenario: (await loadScenario(path)).scenario });
  return entries;
}

/** Runs the scenario as shipped and with every twin, at {@link docsSeed}. */
export async function measure({ scenario }: Entry): Promise<Entry> {
  const { outcomes, platformMs } = await play(scenario, undefined);
  const twins: Record<string, readonly Outcome[]> = {};
  for (const twin of Object.keys(scenario.twins)) twins[twin] = (await play(scenario, twin)).outcomes;
  return { scenario, measured: { asShipped: outcomes, platformMs, twins } };
}

async function play(
  scenario: Scenario,
  twin: string | undefined,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly platformMs: number }> {
  const { record } = await runScenario({
    scenario,
    platform: 'simulated',
    seed: docsSeed,
    scale: 1,
    sets: [],
    noFaults: false,
    duds: [],
    allowCommands: false,
    signal: new AbortController().signal,
    ...(twin !== undefined && { twin }),
  });
  const outcomes = record.verdicts.map(({ objective, standing, expected, received }) => ({
    objective,
    standing,
    expected,
    received,
  }));
  return { outcomes, platformMs: record.times.platformMs };
}
