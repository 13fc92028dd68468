/** Faults and operations as data: what is done, what undoes it, what proves the platform whole again. Apart from the platform, which only knows verbs. */
import type { PlannedAction, Verb } from './action.ts';
import type { Condition } from './condition.ts';

/** Planned damage, or an operator's deed (a shift of traffic, a drain, a promotion): both are actions with an undo. */
export interface Fault {
  /** File name of the factory, such as `kill-process`. */
  readonly kind: string;
  /** `damage` needs proof to be judged against; an `operation` too, but reports call it so. */
  readonly purpose: 'damage' | 'operation';
  /** In words: `kill etcd of east (leader)`. */
  readonly title: string;
  /** Done in this order, all at the same instant. */
  readonly actions: readonly PlannedAction[];
  readonly undo: Undo;
}

/** What restores, and what proves it. */
export interface Undo {
  /** On the very targets that the actions resolved to: the verb that reverses each, or none where the platform heals itself. `of` is the index of the action whose targets it takes. */
  readonly actions: readonly { readonly verb: Verb; readonly of: number }[];
  /** All must hold at the end. Never empty. */
  readonly until: readonly Condition[];
  /** How long that may take. */
  readonly limitMs: number;
}

/** The verbs that a fault and its undo need of a platform. */
export function verbsOf(fault: Fault): ReadonlySet<Verb> {
  return new Set([...fault.actions.map((action) => action.verb), ...fault.undo.actions.map((action) => action.verb)]);
}
