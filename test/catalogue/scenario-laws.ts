/** What holds for every shipped scenario, as tests. Apart from the files that call it, which only divide the catalogue. */
import { expect, test } from 'vitest';
import type { RunResult } from '../../src/compose/run-scenario.ts';
import { limitMsMax } from '../../src/domain/define-scenario.ts';
import type { Scenario } from '../../src/domain/scenario.ts';
import { brokenLaws } from '../laws/conservation.ts';
import { notStanding, play } from './play-scenario.ts';
import { isNightly, seedCount, seedsOf } from './seeds.ts';

/** A night's worth of seeds in one test, ms. */
const nightMs = 1_800_000;

/** Seeds that every sabotage twin is tried with. */
const twinSeeds = isNightly ? ['1', '2', '3', '7f3a', 'c8'] : ['1', '7f3a'];

/** All tests of one scenario. */
export function testScenario(scenario: Scenario): void {
  const { twins, faults } = scenario;
  test(`is met on ${seedCount} seeds, each within 15 minutes of platform time`, { timeout: nightMs }, async () => {
    for (const seed of seedsOf(seedCount)) expectMet(await play(scenario, { seed }), seed);
  });
  test('without faults misses nothing and still proves what needs none', { timeout: nightMs }, () =>
    expectUnbroken(scenario),
  );
  for (const [name, twin] of Object.entries(twins))
    test(`${name} (${twin.says}) flips ${list(twin.flips)} and keeps ${list(twin.keeps)}`, { timeout: nightMs }, () =>
      expectFlipped(scenario, name),
    );
  for (const name of Object.keys(faults))
    test(`with ${name} as a dud ends unknown`, { timeout: nightMs }, async () => expectUnknown(scenario, name));
}

const list = (names: readonly string[]) => (names.length === 0 ? 'nothing' : names.join(', '));

function expectMet(result: RunResult, seed: string): void {
  const { record } = result;
  expect(notStanding(result, 'met'), `seed ${seed}`).toEqual([]);
  expect(brokenLaws(result.events), `seed ${seed}`).toEqual([]);
  expect({ seed, standing: record.standing, how: record.how, exitCode: record.exitCode }).toEqual({
    seed,
    standing: 'met',
    how: 'complete',
    exitCode: 0,
  });
  expect(record.times.platformMs, `seed ${seed}`).toBeLessThanOrEqual(limitMsMax);
}

/** Objectives that no damage is needed for are met; the others say that they were not exercised. */
async function expectUnbroken(scenario: Scenario): Promise<void> {
  const result = await play(scenario, { noFaults: true });
  expect(brokenLaws(result.events)).toEqual([]);
  const missed = result.record.verdicts.filter(({ standing }) => standing === 'missed');
  expect(missed.map(({ objective, received }) => `${objective}: ${received}`)).toEqual([]);
  const damage = (fault: string) => scenario.faults[fault]?.purpose === 'damage';
  const needing = scenario.objectives.filter(({ needs }) => needs.faults.some(damage)).map(({ name }) => name);
  expect(notStanding(result, 'unknown', needing)).toEqual([]);
  const always = scenario.objectives.filter(({ family }) => family === 'availability').map(({ name }) => name);
  expect(notStanding(result, 'met', always)).toEqual([]);
}

async function expectFlipped(scenario: Scenario, twin: string): Promise<void> {
  const { flips, keeps } = scenario.twins[twin]!;
  for (const seed of twinSeeds) {
    const result = await play(scenario, { twin, seed });
    expect(brokenLaws(result.events), `seed ${seed}`).toEqual([]);
    expect(notStanding(result, 'missed', flips), `flips, seed ${seed}`).toEqual([]);
    expect(notStanding(result, 'met', keeps), `keeps, seed ${seed}`).toEqual([]);
    expect(result.record.exitCode, `seed ${seed}`).toBe(1);
  }
}

/** Exit 5 outweighs 3 where the dud was what everything else relied on, such as the only backup: then the record names what is left broken. */
async function expectUnknown(scenario: Scenario, dud: string): Promise<void> {
  const result = await play(scenario, { duds: [dud] });
  const { verdicts, standing, exitCode, unreverted } = result.record;
  expect(brokenLaws(result.events)).toEqual([]);
  const missed = verdicts.filter((verdict) => verdict.standing === 'missed');
  expect(missed.map(({ objective, received }) => `${objective}: ${received}`)).toEqual([]);
  expect({ standing, exitCode }).toEqual({ standing: 'unknown', exitCode: unreverted.length > 0 ? 5 : 3 });
}
