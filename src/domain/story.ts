/** The grammar of stories: states, the facts and time-outs that lead on, endings. Compiled to an XState machine elsewhere; here are the shapes. */
import type { Condition } from './condition.ts';
import type { Facts } from './fact.ts';

/** What a state does on entry, in order. */
export type Entry = { readonly do: 'inject'; readonly fault: string } | { readonly do: 'heal'; readonly fault: string };

/** What a guard may ask, beside facts as conditions. */
export interface GuardView {
  /** How often each fault or operation was injected so far; absent: never. */
  readonly passes: Readonly<Record<string, number>>;
  readonly facts: Facts;
}

/** A pure test for what conditions cannot say, such as how often a cycle was gone through. `says`: the same in words, for diagrams and reports. */
export interface Guard {
  (view: GuardView): boolean;
  readonly says?: string;
}

/** A way out of a state: all conditions hold, and all guards → target. */
export interface Way {
  readonly conditions: readonly Condition[];
  readonly guards?: readonly Guard[];
  readonly target: string;
}

/** A state of a story. Exactly one of: leaf, nested (`states`), parallel (`regions`), ending (`ends`). */
export interface StoryState {
  readonly entry?: readonly Entry[];
  readonly when?: readonly Way[];
  /** Milliseconds → target. */
  readonly after?: Readonly<Record<number, string>>;
  /** Why only a time-out leads on from here. */
  readonly waits?: string;
  readonly initial?: string;
  readonly states?: Readonly<Record<string, StoryState>>;
  readonly regions?: Readonly<Record<string, StoryDefinition>>;
  /** Where to go when a nested or parallel state is complete. */
  readonly done?: string;
  readonly ends?: { readonly how: 'expected' | 'failed' | 'inconclusive' | 'region'; readonly because: string };
}

/** A story or a region of it. State names are unique over the whole story. */
export interface StoryDefinition {
  readonly initial: string;
  readonly states: Readonly<Record<string, StoryState>>;
}
