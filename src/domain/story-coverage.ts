/** Which states and transitions of a story a run went through, and which never. A fold over events, so a stored run can be asked too. */
import type { RunEvent } from './event.ts';
import type { StoryDefinition } from './story.ts';
import { indexStory } from './story-index.ts';

/** States in the order of the story; transitions as `from → to (why)`. */
export interface Coverage {
  readonly visited: readonly string[];
  readonly neverVisited: readonly string[];
  readonly transitionsTaken: readonly string[];
  readonly transitionsNeverTaken: readonly string[];
}

/** The coverage of a story by the events of a run. */
export function coverageOf(story: StoryDefinition, events: readonly RunEvent[]): Coverage {
  const entered = new Set<string>();
  const took = new Set<string>();
  for (const event of events) {
    if (event.type === 'state') entered.add(event.state);
    if (event.type === 'transition') took.add(keyOf(event));
  }
  const { states, transitions } = indexStory(story);
  const names = states.map((placed) => placed.name);
  const shown = (wanted: boolean) =>
    transitions
      .filter((transition) => took.has(keyOf(transition)) === wanted)
      .map((transition) => `${transition.from} → ${transition.to} (${transition.label})`);
  return {
    visited: names.filter((name) => entered.has(name)),
    neverVisited: names.filter((name) => !entered.has(name)),
    transitionsTaken: shown(true),
    transitionsNeverTaken: shown(false),
  };
}

const keyOf = (transition: { readonly from: string; readonly to: string; readonly cause: string }) =>
  `${transition.from}|${transition.to}|${transition.cause}`;
