/** What `list` shows, read from the registries themselves so that it can never be behind. */

import { verbs } from '../domain/action.ts';
import { facts } from '../domain/fact.ts';

/** One line of a list. */
export interface Entry {
  readonly name: string;
  readonly says: string;
}

const readers = {
  scenarios: scenarioEntries,
  topologies: topologyEntries,
  faults: () => factoryEntries('faults'),
  objectives: () => factoryEntries('objectives'),
  facts: async () =>
    Object.entries(facts).map(([name, fact]) => ({ name: withSubject(name, fact.subject), says: fact.says })),
  verbs: async () =>
    Object.entries(verbs).map(([name, verb]) => ({ name, says: `${verb.does} (on ${verb.on.join(', ')})` })),
  profiles: profileEntries,
} as const;

/** The entries of one kind, in the order of their registry. */
export async function entriesOf(kind: keyof typeof readers): Promise<readonly Entry[]> {
  return readers[kind]();
}

function withSubject(name: string, subject: readonly string[]): string {
  return subject.length === 0 ? name : `${name} (${subject.join(', ')})`;
}

async function scenarioEntries(): Promise<readonly Entry[]> {
  const { loadCatalogue, loadScenario } = await import('../compose/catalogue.ts');
  const catalogue = await loadCatalogue();
  return Promise.all(
    catalogue.map(async ({ name, path }) => ({ name, says: (await loadScenario(path)).scenario.proves })),
  );
}

async function topologyEntries(): Promise<readonly Entry[]> {
  const { shippedTopologies } = await import('../compose/topology/place.ts');
  const { readTopology } = await import('../compose/topology/read-topology.ts');
  const options = { sets: [], allowCommands: false };
  return Promise.all(
    shippedTopologies().map(async (name) => {
      const { sites } = await readTopology(name, options);
      return { name, says: sites.map((site) => `${site.name} ${site.nodes.length} nodes`).join(', ') };
    }),
  );
}

async function profileEntries(): Promise<readonly Entry[]> {
  const { profiles } = await import('../domain/profiles.ts');
  return Object.entries(profiles).map(([name, profile]) => ({ name, says: profile.source }));
}

/** Factories by name; what they say is their own file's first sentence, which is found beside the compiled file as well. */
async function factoryEntries(kind: 'faults' | 'objectives'): Promise<readonly Entry[]> {
  const factories = kind === 'faults' ? await import('../faults/index.ts') : await import('../objectives/index.ts');
  const { firstSentence } = await import('./first-sentence.ts');
  return Object.keys(factories)
    .filter((name) => typeof (factories as Record<string, unknown>)[name] === 'function')
    .map((name) => ({ name, says: firstSentence(kind, name) }));
}
