/** Plays a shipped scenario in this process and keeps what a test asks about. Apart because the tests of the catalogue, its laws and its stories all play the same way. */

import type { RunOptions } from '../../src/compose/prepare.ts';
import { type RunResult, runScenario } from '../../src/compose/run-scenario.ts';
import type { Standing } from '../../src/domain/objective.ts';
import type { Scenario } from '../../src/domain/scenario.ts';

const { signal } = new AbortController();

/** Plays it as it is shipped, or with what is given. */
export function play(scenario: Scenario, more: Partial<RunOptions> = {}): Promise<RunResult> {
  return runScenario({
    scenario,
    platform: 'simulated',
    seed: '1',
    scale: 1,
    sets: [],
    noFaults: false,
    duds: [],
    allowCommands: false,
    signal,
    ...more,
  });
}

/** Objectives and what was received, of every verdict that does not stand as wanted; empty when all do. */
export function notStanding({ record }: RunResult, wanted: Standing, names?: readonly string[]): readonly string[] {
  return record.verdicts
    .filter(({ objective, standing }) => standing !== wanted && (names ?? [objective]).includes(objective))
    .map(({ objective, standing, received, because }) => `${objective}: ${standing}, ${received} (${because})`);
}
