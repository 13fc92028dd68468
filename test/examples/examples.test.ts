/** The examples run as they are, and say what they seem to say. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../src/base/host.ts';
import { loadScenario } from '../../src/compose/catalogue.ts';
import type { RunResult } from '../../src/compose/run-scenario.ts';
import type { Scenario } from '../../src/domain/scenario.ts';
import { play } from '../catalogue/play-scenario.ts';
import { freshFolder } from '../cli/call.ts';

const examples = join(projectRoot(), 'examples');

/** The scenario of an example, bound to the sources instead of the built package. */
async function boundToSources(name: string): Promise<Scenario> {
  const file = join(freshFolder(), name.replace(/\.mjs$/, '.ts'));
  const text = readFileSync(join(examples, name), 'utf8');
  writeFileSync(file, text.replace("'elevenproof'", JSON.stringify(join(projectRoot(), 'src', 'index.ts'))));
  return (await loadScenario(file)).scenario;
}

const standings = ({ record }: RunResult) =>
  Object.fromEntries(record.verdicts.map(({ objective, standing }) => [objective, standing]));

describe('the scenario slow-line', () => {
  let scenario: Scenario;
  beforeAll(async () => {
    scenario = await boundToSources('slow-line.mjs');
  });

  test('is met', async () => {
    expect(new Set(Object.values(standings(await play(scenario, { seed: '1' }))))).toEqual(new Set(['met']));
  });

  test('has a twin that flips and keeps what it says', async () => {
    const [[name, twin]] = Object.entries(scenario.twins) as [[string, Scenario['twins'][string]]];
    const found = standings(await play(scenario, { seed: '1', twin: name }));
    expect(twin.flips.filter((objective) => found[objective] !== 'missed')).toEqual([]);
    expect(twin.keeps.filter((objective) => found[objective] !== 'met')).toEqual([]);
  });

  test('is unknown when the line was not slowed at all', async () => {
    const { record } = await play(scenario, { seed: '1', duds: ['bad-line'] });
    expect(record.standing).toBe('unknown');
  });
});

test('the program prints a verdict per objective and ends with the run’s exit code', async () => {
  const argv = [join(examples, 'print-verdicts.mjs'), 'etcd-leader-loss', '1'];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  const { scenario } = await loadScenario('etcd-leader-loss');
  for (const { name } of scenario.objectives) expect(stdout).toMatch(new RegExp(`^met +${name}: `, 'm'));
});
