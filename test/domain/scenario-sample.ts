/** Pieces of scenarios for the tests of the grammar. */
import type { ScenarioInput } from '../../src/domain/define-scenario.ts';
import type { Fault } from '../../src/domain/fault.ts';
import type { Objective } from '../../src/domain/objective.ts';
import type { StoryDefinition } from '../../src/domain/story.ts';
import type { StoryTools } from '../../src/domain/story-tools.ts';

export const fault: Fault = {
  kind: 'kill-process',
  purpose: 'damage',
  title: 'kill',
  actions: [{ verb: 'process.kill', target: { on: 'component', component: 'etcd', site: 'east', member: 'leader' } }],
  undo: { actions: [], until: [{ fact: 'etcd.whole', subject: { site: 'east' } }], limitMs: 60_000 },
};

export const objective: Objective = {
  family: 'none',
  name: 'something',
  expected: '',
  needs: { faults: [], slis: [] },
  evaluate: () => ({ standing: 'met', received: '', because: '', figures: {}, evidence: [] }),
};

type Tools = StoryTools<'kill' | 'cut'>;

/** A scenario with two faults around this story. */
export const around = (
  story: (tools: Tools) => StoryDefinition,
  more: Partial<ScenarioInput<'kill' | 'cut'>> = {},
): ScenarioInput<'kill' | 'cut'> => ({
  name: 'sample',
  title: 'A sample',
  proves: 'something',
  topology: 'dual-site',
  load: { channels: {} },
  limitMs: 300_000,
  faults: { kill: fault, cut: fault },
  objectives: [objective],
  story,
  ...more,
});
