/** A story compiled to an XState machine. Apart from its driver: the machine decides and does nothing, so one machine runs in simulated and in real time, and a stored timeline can be replayed through it. */
import { type AnyStateMachine, assign, createMachine } from 'xstate';
import type { Ms } from '../base/clock.ts';
import { holds } from './condition.ts';
import type { Facts } from './fact.ts';
import type { Entry, StoryDefinition, StoryState, Way } from './story.ts';
import { describeWay } from './story-index.ts';

/** What guards see. `facts` is folded outside the machine and shared, because copying it at every change would cost more than all else. */
export interface StoryContext {
  readonly facts: Facts;
  /** Lower end of the newest landing of each fault; forgotten when the fault is injected again. */
  readonly landedAtMs: Readonly<Record<string, Ms>>;
  readonly passes: Readonly<Record<string, number>>;
}

/** Root events: the facts changed, a fault landed. */
export type StoryEvent =
  | { readonly type: 'observed' }
  | { readonly type: 'landed'; readonly fault: string; readonly fromMs: Ms };

/** What the machine wants done, in order. */
export type StoryAction =
  | { readonly type: 'took'; readonly params: Taken }
  | { readonly type: 'entered'; readonly params: Entered }
  | { readonly type: 'inject' | 'heal'; readonly params: { readonly fault: string } };

/** A transition that was taken. */
export interface Taken {
  readonly from: string;
  readonly to: string;
  readonly cause: 'fact' | 'after' | 'done';
  readonly label: string;
  readonly way?: Way;
}

/** A state that was entered. */
export interface Entered {
  readonly state: string;
  readonly region?: string;
  readonly ends?: NonNullable<StoryState['ends']>;
}

/** Microsteps after one event beyond which the story is held to be going in circles. XState's own default is no limit. */
const microstepsMax = 1_000;

/** The machine of a checked story. Its input is the {@link StoryContext} to begin with. */
export function compileStory(story: StoryDefinition): AnyStateMachine {
  const config = {
    id: '(story)',
    context: ({ input }: { input: StoryContext }) => input,
    options: { maxIterations: microstepsMax },
    on: { observed: {}, landed: { actions: remember } },
    ...regionConfig(story, undefined),
  };
  return createMachine(config as never);
}

type Config = Record<string, unknown>;

function regionConfig(region: StoryDefinition, name: string | undefined): Config {
  const states = Object.entries(region.states).map(([state, definition]) => [
    state,
    stateConfig(state, definition, name),
  ]);
  return { initial: region.initial, states: Object.fromEntries(states) };
}

function stateConfig(name: string, state: StoryState, region: string | undefined): Config {
  const entered: Entered = {
    state: name,
    ...(region === undefined ? {} : { region }),
    ...(state.ends === undefined ? {} : { ends: state.ends }),
  };
  const entry = [{ type: 'entered', params: entered }, ...(state.entry ?? []).flatMap(entryActions)];
  if (state.ends !== undefined) return { id: name, type: 'final', entry };
  return { id: name, entry, ...waysConfig(name, state), ...insideConfig(name, state, region) };
}

function waysConfig(from: string, state: StoryState): Config {
  const always = (state.when ?? []).map((way) => ({
    ...edge({ from, to: way.target, cause: 'fact', label: describeWay(way), way }),
    guard: ({ context }: { context: StoryContext }) => isOpen(way, context),
  }));
  const after = Object.entries(state.after ?? {}).map(([ms, to]) => [
    ms,
    edge({ from, to, cause: 'after', label: `after ${Number(ms) / 1000} s` }),
  ]);
  const onDone =
    state.done === undefined ? undefined : edge({ from, to: state.done, cause: 'done', label: 'complete' });
  return { always, after: Object.fromEntries(after), ...(onDone === undefined ? {} : { onDone }) };
}

function insideConfig(name: string, state: StoryState, region: string | undefined): Config {
  if (state.states !== undefined) return regionConfig({ initial: state.initial ?? '', states: state.states }, region);
  if (state.regions === undefined) return {};
  const regions = Object.entries(state.regions).map(([inner, definition]) => [
    inner,
    { id: `${name}/${inner}`, ...regionConfig(definition, inner) },
  ]);
  return { type: 'parallel', states: Object.fromEntries(regions) };
}

/** A state that leads to itself is left and entered anew, else not even its time-out would start again. */
function edge(taken: Taken): Config {
  return { target: `#${taken.to}`, reenter: taken.from === taken.to, actions: [{ type: 'took', params: taken }] };
}

/** Whether the way may be taken: pure, from folded facts alone. */
function isOpen(way: Way, context: StoryContext): boolean {
  const landedAtMs = (fault: string) => context.landedAtMs[fault];
  return (
    way.conditions.every((condition) => holds(condition, context.facts, landedAtMs)) &&
    (way.guards ?? []).every((guard) => guard({ passes: context.passes, facts: context.facts }))
  );
}

/** An injection forgets the landing before it, else a second pass would be satisfied by the first. */
function entryActions(entry: Entry): readonly unknown[] {
  const act = { type: entry.do, params: { fault: entry.fault } };
  if (entry.do === 'heal') return [act];
  const forget = assign(({ context }: { context: StoryContext }) => {
    const { [entry.fault]: _, ...landedAtMs } = context.landedAtMs;
    return { landedAtMs, passes: { ...context.passes, [entry.fault]: (context.passes[entry.fault] ?? 0) + 1 } };
  });
  return [forget, act];
}

const remember: unknown = assign(({ context, event }: { context: StoryContext; event: StoryEvent }) =>
  event.type === 'landed' ? { landedAtMs: { ...context.landedAtMs, [event.fault]: event.fromMs } } : {},
);
