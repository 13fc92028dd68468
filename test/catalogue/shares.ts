/** Divides the catalogue into shares, one per test file, so that processors share the work. A scenario that does not load fails alone. */
import { describe, test } from 'vitest';
import { loadCatalogue, loadScenario } from '../../src/compose/catalogue.ts';
import type { Scenario } from '../../src/domain/scenario.ts';

/** Describes every scenario whose place in the catalogue leaves `share` when divided by `shares`. */
export async function eachScenario(share: number, shares: number, about: (scenario: Scenario) => void): Promise<void> {
  const catalogue = await loadCatalogue();
  for (const { name, path } of catalogue.filter((_, i) => i % shares === share)) {
    const loaded = await loadScenario(path).catch((error: unknown) => error);
    if (isLoaded(loaded)) describe(name, () => about(loaded.scenario));
    else
      test(`${name} loads`, () => {
        throw loaded;
      });
  }
}

const isLoaded = (loaded: unknown): loaded is { readonly scenario: Scenario } =>
  typeof loaded === 'object' && loaded !== null && 'scenario' in loaded;
