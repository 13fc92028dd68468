/** What carrying out a verb means on real clusters: an act, and a look from outside that can tell whether it happened. Apart from the single verbs and from what runs them. */
import type { Ms } from '../../../base/clock.ts';
import { OperatingError } from '../../../base/errors.ts';
import type { Action, ResolvedTarget, Verb } from '../../../domain/action.ts';
import type { BetweenVerbs } from '../between-verbs.ts';
import type { Machine } from '../ground.ts';
import { machineOf } from '../ground.ts';
import type { KindWorld } from '../world.ts';
import type { NodeShells } from './node-shells.ts';

/** One action and what it needs. */
export interface Job {
  readonly world: KindWorld;
  readonly between: BetweenVerbs;
  readonly action: Action;
  /** Aborts when the action's limit is over or the performer is stopped. */
  readonly signal: AbortSignal;
  /** Shells for acts, in the nodes. */
  readonly hands: NodeShells;
  /** Shells for looks: whoever proves is not the one who acted, and does not wait for it. */
  readonly eyes: NodeShells;
  /** Aborts only when the performer is stopped: for what goes on after the action landed. */
  readonly stopped: AbortSignal;
}

/** An action about to be carried out. */
export interface Doing {
  /** Gives the order. Idempotent. Settles when the order is given; what goes on after that ends by the job's signal or its own limit. */
  act(): Promise<void>;
  /** Looks from outside: in words what proves the act, or undefined while nothing does. Never what `act` itself said. Throws when it cannot see. */
  probe(): Promise<Proof | undefined>;
}

/** What proves an act; with the time at which it was so already, if a look has to wait for silence. */
export type Proof = string | { readonly proof: string; readonly atMs: Ms };

/** A verb on real clusters. */
export interface RealVerb {
  /** How long act and proof together may take, ms. */
  readonly limitMs: number;
  /** Looks at what is there before anything is done. Throws, with the reason, when the verb cannot be done on this target. */
  begin(job: Job): Promise<Doing>;
}

/** Some of the verbs. */
export type VerbGroup = Partial<Readonly<Record<Verb, RealVerb>>>;

/** Target of one kind. */
export type On<K extends ResolvedTarget['on']> = Extract<ResolvedTarget, { on: K }>;

/** How long an act and its proof may take, ms: a signal to a process; a call to an API that may be coming back; any undo. Longer only makes a failure known later. */
export const limitsMs = { signal: 30_000, api: 60_000, undo: 120_000 } as const;

/** The target, which must be of one of these kinds. Throws a RangeError when it is not. */
export function targetOf<K extends ResolvedTarget['on']>(action: Action, ...kinds: readonly K[]): On<K> {
  if (!(kinds as readonly string[]).includes(action.target.on))
    throw new RangeError(`Expected \`${action.verb}\` on a ${kinds.join(' or ')}, got a ${action.target.on}`);
  return action.target as On<K>;
}

/** The machine of a node. Throws an OperatingError when the pair has no such node. */
export function machine(world: KindWorld, node: string): Machine {
  const found = machineOf(world.ground, node);
  if (found === undefined) throw new OperatingError(`The pair has no node ${node}`);
  return found;
}

/** A number of the action's arguments. */
export function numberOf(action: Action, name: string, otherwise: number): number {
  const value = action.args[name];
  return typeof value === 'number' ? value : otherwise;
}

/** The id of the act that an undo belongs to; of an act, its own. Undo ids are the act's with `~`, or `.1~` where it has several. */
export function actIdOf({ id }: Action): string {
  return /^(.*#\d+\.\d+)(?:\.\d+)?~$/.exec(id)?.[1] ?? id.replace(/~$/, '');
}
