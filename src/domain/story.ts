/** The grammar of stories: states, the facts and time-outs that lead on, endings. Compiled to an XState machine elsewhere; here are the shapes. */
import type { Condition } from './fact.ts';

/** What a state does on entry, in order. */
export type Entry = { readonly do: 'inject'; readonly fault: string } | { readonly do: 'heal'; readonly fault: string };

/** A way out of a state: all conditions hold (and all facts of `unless` do not) → target. */
export interface Way {
  readonly conditions: readonly Condition[];
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
