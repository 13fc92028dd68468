/** What holds for the catalogue as a whole, read from its definitions. */
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCatalogue, loadScenario } from '../../src/compose/catalogue.ts';
import { limitMsMax } from '../../src/domain/define-scenario.ts';
import { indexStory, type PlacedState, type StoryIndex } from '../../src/domain/story-index.ts';

const entries = await loadCatalogue();
const scenarios = await Promise.all(entries.map(async ({ path }) => (await loadScenario(path)).scenario));

/** Transitions that lead out of a state: its own, and those of the states around it. */
function waysOut(index: StoryIndex, placed: PlacedState) {
  const around: string[] = [];
  for (
    let at: PlacedState | undefined = placed;
    at !== undefined;
    at = at.parent === undefined ? undefined : index.get(at.parent)
  )
    around.push(at.name);
  return index.transitions.filter(({ from }) => around.includes(from));
}

describe('the catalogue', () => {
  test('names every scenario as its file', () => {
    expect(scenarios.map(({ name }) => name)).toEqual(
      entries.map(({ path }) => basename(path).replace(/\.[jt]s$/, '')),
    );
  });

  test('says of every scenario in one sentence what it proves', () => {
    const wrong = scenarios.filter(({ proves }) => /[.!?]\s+\S/.test(proves.trim()) || proves.trim().length < 20);
    expect(wrong.map(({ name, proves }) => `${name}: ${proves}`)).toEqual([]);
  });

  test('gives no story more than 15 minutes', () => {
    expect(scenarios.filter(({ limitMs }) => limitMs > limitMsMax).map(({ name }) => name)).toEqual([]);
  });

  test('has a sabotage twin for every scenario', () => {
    expect(scenarios.filter(({ twins }) => Object.keys(twins).length === 0).map(({ name }) => name)).toEqual([]);
  });

  test('has a twin that flips for every family of objectives that it uses', () => {
    const used = new Map<string, string>([['story', 'every scenario']]);
    const flipped = new Set<string>();
    for (const { name, objectives, twins } of scenarios) {
      const flips = Object.values(twins).flatMap((twin) => twin.flips);
      if (flips.includes('story')) flipped.add('story');
      for (const objective of objectives) {
        used.set(
          objective.family,
          [used.get(objective.family), name].filter((known) => known !== undefined).join(', '),
        );
        if (flips.includes(objective.name)) flipped.add(objective.family);
      }
    }
    const never = [...used].filter(([family]) => !flipped.has(family));
    expect(never.map(([family, by]) => `${family} (asked by ${by})`)).toEqual([]);
  });

  test('leaves no state by time-out alone, unless its story says why', () => {
    const wrong = scenarios.flatMap(({ name, story }) => {
      const index = indexStory(story);
      const leaves = index.states.filter(({ state: { ends, states, regions } }) => !ends && !states && !regions);
      const timed = leaves.filter((placed) => waysOut(index, placed).every(({ cause }) => cause !== 'fact'));
      return timed.filter(({ state }) => !state.waits?.trim()).map((placed) => `${name}: ${placed.name}`);
    });
    expect(wrong).toEqual([]);
  });

  test('gives every state that nothing but a fact leads out of a time-out, but for the wait on the load', () => {
    const wrong = scenarios.flatMap(({ name, story }) => {
      const index = indexStory(story);
      const leaves = index.states.filter(({ state: { ends, states, regions } }) => !ends && !states && !regions);
      return leaves
        .filter((placed) => {
          const ways = waysOut(index, placed);
          const onLoad = ways.every(
            ({ way }) => way?.conditions.every(({ fact }) => fact.startsWith('load.')) ?? false,
          );
          return !onLoad && ways.every(({ cause }) => cause !== 'after');
        })
        .map((placed) => `${name}: ${placed.name}`);
    });
    expect(wrong).toEqual([]);
  });
});
