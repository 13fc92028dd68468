/** A story laid flat: every state with its place, every transition with its cause. Apart because checks, machine, coverage and diagrams all walk the same tree. */
import { describeCondition } from './condition.ts';
import { facts } from './fact.ts';
import type { StoryDefinition, StoryState, Way } from './story.ts';

/** A state and where it stands. */
export interface PlacedState {
  readonly name: string;
  readonly state: StoryState;
  /** The state around it; undefined at the top level. */
  readonly parent: string | undefined;
  /** Name of the innermost parallel region that it is in. */
  readonly region: string | undefined;
}

/** A transition that the story allows. */
export interface PlacedTransition {
  readonly from: string;
  readonly to: string;
  readonly cause: 'fact' | 'after' | 'done';
  readonly way?: Way;
  readonly afterMs?: number;
  /** In words: `etcd.leader of east since kill-leader`, `after 30 s`, `complete`. */
  readonly label: string;
}

/** The whole story, flat, in the order of writing. */
export interface StoryIndex {
  readonly states: readonly PlacedState[];
  readonly transitions: readonly PlacedTransition[];
  get(name: string): PlacedState | undefined;
}

/** Walks the story. Names that appear twice are all in `states`; `get` gives the first. */
export function indexStory(story: StoryDefinition): StoryIndex {
  const states: PlacedState[] = [];
  const walk = (
    region: { readonly states: Readonly<Record<string, StoryState>> },
    parent: string | undefined,
    within: string | undefined,
  ) => {
    for (const [name, state] of Object.entries(region.states)) {
      states.push({ name, state, parent, region: within });
      if (state.states !== undefined) walk({ states: state.states }, name, within);
      for (const [inner, definition] of Object.entries(state.regions ?? {})) walk(definition, name, inner);
    }
  };
  walk(story, undefined, undefined);
  const byName = new Map<string, PlacedState>();
  for (const placed of states) if (!byName.has(placed.name)) byName.set(placed.name, placed);
  const transitions = states.flatMap(({ name, state }) => transitionsOf(name, state));
  return { states, transitions, get: (name) => byName.get(name) };
}

function transitionsOf(from: string, state: StoryState): PlacedTransition[] {
  const ways = (state.when ?? []).map((way): PlacedTransition => {
    return { from, to: way.target, cause: 'fact', way, label: describeWay(way) };
  });
  const timed = Object.entries(state.after ?? {}).map(([ms, to]): PlacedTransition => {
    return { from, to, cause: 'after', afterMs: Number(ms), label: `after ${Number(ms) / 1000} s` };
  });
  const done: PlacedTransition[] =
    state.done === undefined ? [] : [{ from, to: state.done, cause: 'done', label: 'complete' }];
  return [...ways, ...timed, ...done];
}

/** `etcd.whole of east and kill injected at most 1 times`. A fact that does not exist is named as it was written: checks describe unchecked stories too. */
export function describeWay(way: Way): string {
  const guards = (way.guards ?? []).map((guard) => guard.says ?? 'a guard of the scenario');
  const said = way.conditions.map((condition) =>
    Object.hasOwn(facts, condition.fact) ? describeCondition(condition) : condition.fact,
  );
  return [...said, ...guards].join(' and ');
}
