/** Drives a compiled story: feeds it facts and time-outs, one after the other, and hands out what it wants done. Needs a clock and nothing else, so it runs alike in simulated time, in real time and over a stored timeline. */
import { type AnyMachineSnapshot, initialTransition, transition } from 'xstate';
import type { Cancel, Clock, Ms } from '../base/clock.ts';
import { InputError } from '../base/errors.ts';
import { type Condition, describeCondition } from './condition.ts';
import { type FactName, type Facts, factKey } from './fact.ts';
import type { StoryDefinition } from './story.ts';
import { indexStory } from './story-index.ts';
import { compileStory, type Entered, type StoryAction, type StoryEvent, type Taken } from './story-machine.ts';

/** Who carries out what the story wants. Calls come in the order in which the story wants them. */
export interface StoryEffects {
  entered(state: Entered): void;
  /** `text`: the way in words with the values that opened it. `start`: the way into the first state. */
  took(taken: {
    readonly from: string;
    readonly to: string;
    readonly cause: Taken['cause'] | 'start';
    readonly text: string;
  }): void;
  inject(fault: string): void;
  heal(fault: string): void;
  /** The story reached an ending, or broke (a cycle that never rests): `error`. Nothing comes after it. */
  ended(error?: Error): void;
}

/** A story under way. */
export interface StoryDriver {
  start(): void;
  /** The fold of facts has changed. */
  observed(fact: FactName): void;
  /** The newest pass of the fault has landed, at the earliest at `fromMs`. */
  landed(fault: string, fromMs: Ms): void;
  /** No time-out fires afterwards and nothing is handed out. */
  stop(): void;
  /** Names of the states that it is in, outermost first. */
  active(): readonly string[];
  /** How many time-outs are pending. */
  timers(): number;
}

/** A driver for one run of a story. `facts` is the fold that the caller keeps. */
export function createStoryDriver(options: {
  readonly story: StoryDefinition;
  readonly facts: Facts;
  readonly clock: Clock;
  readonly effects: StoryEffects;
}): StoryDriver {
  const { story, facts, clock, effects } = options;
  const machine = compileStory(story);
  const asks = interestOf(story);
  const timers = new Map<string, Cancel>();
  const waiting: (() => readonly [AnyMachineSnapshot, readonly Emitted[]])[] = [];
  let snapshot: AnyMachineSnapshot | undefined;
  let busy = false;
  let stopped = false;

  const stop = () => {
    stopped = true;
    for (const cancel of timers.values()) cancel();
    timers.clear();
  };
  const arm = (id: string, delayMs: Ms, event: StoryEvent) => {
    const cancel = clock.at(clock.now() + delayMs, () => {
      timers.delete(id);
      send(event);
    });
    timers.set(id, cancel);
  };
  const disarm = (id: string) => {
    timers.get(id)?.();
    timers.delete(id);
  };
  const perform = (action: Emitted) => {
    const { type, params } = action;
    switch (type) {
      case 'took':
        return effects.took({ from: params.from, to: params.to, cause: params.cause, text: textOf(params, facts) });
      case 'entered':
        return effects.entered(params);
      case 'inject':
        return effects.inject(params.fault);
      case 'heal':
        return effects.heal(params.fault);
      case 'xstate.raise':
        return params.delay === undefined ? undefined : arm(params.id, params.delay, params.event);
      case 'xstate.cancel':
        return disarm(params.sendId);
      default:
        throw new Error(`Expected an action of the story, got ${JSON.stringify(type)}`);
    }
  };
  /** Effects may observe or land something at once; that waits its turn, so that no two transitions overlap. */
  const turn = (step: () => readonly [AnyMachineSnapshot, readonly Emitted[]]) => {
    waiting.push(step);
    if (busy) return;
    busy = true;
    try {
      for (let next = waiting.shift(); next !== undefined && !stopped; next = waiting.shift()) advance(next);
    } finally {
      busy = false;
    }
  };
  const advance = (step: () => readonly [AnyMachineSnapshot, readonly Emitted[]]) => {
    let actions: readonly Emitted[];
    try {
      [snapshot, actions] = step();
      if (snapshot.status === 'error') throw snapshot.error;
    } catch (error) {
      stop();
      return effects.ended(brokenStory(error));
    }
    for (const action of actions) if (!stopped) perform(action);
    if (snapshot.status === 'done' && !stopped) {
      stop();
      effects.ended();
    }
  };
  const send = (event: StoryEvent) => {
    if (!stopped && snapshot !== undefined)
      turn(
        () =>
          transition(machine, snapshot!, event as never) as unknown as readonly [
            AnyMachineSnapshot,
            readonly Emitted[],
          ],
      );
  };
  return {
    start: () => {
      effects.took({ from: '', to: story.initial, cause: 'start', text: 'the story begins' });
      const input = { facts, landedAtMs: {}, passes: {} };
      turn(() => initialTransition(machine, input) as unknown as readonly [AnyMachineSnapshot, readonly Emitted[]]);
    },
    observed: (fact) => {
      if (asks(fact)) send({ type: 'observed' });
    },
    landed: (fault, fromMs) => send({ type: 'landed', fault, fromMs }),
    stop,
    active: () => (snapshot === undefined ? [] : namesOf(snapshot.value)),
    timers: () => timers.size,
  };
}

/** Actions as XState hands them out: ours, and those of its own time-outs. */
type Emitted =
  | StoryAction
  | {
      readonly type: 'xstate.raise';
      readonly params: { readonly id: string; readonly delay?: number; readonly event: StoryEvent };
    }
  | { readonly type: 'xstate.cancel'; readonly params: { readonly sendId: string } };

/** Only facts that the story names can move it, unless a guard looks for itself. */
function interestOf(story: StoryDefinition): (fact: FactName) => boolean {
  const ways = indexStory(story).states.flatMap(({ state }) => state.when ?? []);
  if (ways.some((way) => (way.guards ?? []).length > 0)) return () => true;
  const named = new Set(ways.flatMap((way) => way.conditions.map((condition) => condition.fact)));
  return (fact) => named.has(fact);
}

function namesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Object.entries(value as Record<string, unknown>).flatMap(([name, inner]) => [name, ...namesOf(inner)]);
}

function textOf(taken: Taken, facts: Facts): string {
  if (taken.way === undefined || taken.way.conditions.length === 0) return taken.label;
  const guards = (taken.way.guards ?? []).flatMap((guard) => (guard.says === undefined ? [] : [guard.says]));
  return [...taken.way.conditions.map((condition) => withValue(condition, facts)), ...guards].join(' and ');
}

/** `etcd.leader of east since kill: east-control-plane`; a plain yes or no needs no value. */
function withValue(condition: Condition, facts: Facts): string {
  const value = facts.get(factKey(condition.fact, condition.subject))?.value;
  const said = describeCondition(condition);
  return typeof value === 'string' || typeof value === 'number' ? `${said}: ${value}` : said;
}

/** What a machine throws comes from the scenario: a circle that never rests, or a guard that throws. */
function brokenStory(error: unknown): InputError {
  const text = error instanceof Error ? error.message : String(error);
  return new InputError(
    text.startsWith('Infinite loop')
      ? {
          message: 'The story goes in circles without rest: more than a thousand transitions in one instant',
          hint: 'Conditions that hold already lead on at once. Add `since`, a guard such as `passes`, or a fact that changes.',
        }
      : { message: `The story broke: ${text}` },
  );
}
