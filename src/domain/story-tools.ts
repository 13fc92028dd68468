/** The words in which an author writes a story: `inject`, `heal`, `when`, `all`, `ends`. Apart from the grammar's plain shapes because these types find a wrong name at compile time; wrong data from plain JavaScript is found by the checks. */
import type { Condition } from './condition.ts';
import type { FactName, FactValue, SubjectOf } from './fact.ts';
import { type StepInput, stepsOf } from './steps.ts';
import type { Entry, Guard, StoryDefinition } from './story.ts';

/** What is asked of a fact's value. Without any: it holds (true, above 0, a text). */
export interface Bounds<F extends string> {
  readonly is?: FactValue;
  readonly min?: number;
  readonly max?: number;
  /** The opposite. */
  readonly not?: boolean;
  /** Counts only what became so after that fault landed. */
  readonly since?: F;
}

/** Subject and bounds of a fact in one object. */
export type FactSpec<N extends FactName, F extends string> = SubjectOf<N> & Bounds<F>;

/** What follows the fact's name. A conditional type that distributes, so that an unknown fact is reported at its name. */
type FactArgs<N extends FactName, F extends string> = N extends FactName
  ? keyof SubjectOf<N> extends never
    ? [] | [spec: FactSpec<N, F>]
    : [spec: FactSpec<N, F>]
  : never;
type WhenArgs<N extends FactName, F extends string, T> = N extends FactName
  ? keyof SubjectOf<N> extends never
    ? [target: T] | [spec: FactSpec<N, F>, target: T]
    : [spec: FactSpec<N, F>, target: T]
  : never;

/** A way whose target is known to the compiler. */
export interface WayTo<T extends string> {
  readonly conditions: readonly Condition[];
  readonly guards?: readonly Guard[];
  readonly target: T;
}

type Names<T extends string, U extends string> = NoInfer<T> | NoInfer<U>;
type OneOrMore<X> = X | readonly X[];

/** The end of a story, or of one region of it. */
export interface Ending {
  readonly ends: { readonly how: 'expected' | 'failed' | 'inconclusive' | 'region'; readonly because: string };
}

/** A state as it is written. `T`: names of the top level, `U`: names inside nested states and regions, `F`: faults. */
export interface StateInput<T extends string, U extends string, F extends string> {
  readonly entry?: OneOrMore<Entry>;
  readonly when?: OneOrMore<WayTo<Names<T, U>>>;
  /** Milliseconds → target. */
  readonly after?: Readonly<Record<number, Names<T, U>>>;
  /** Why only a time-out leads on from here. */
  readonly waits?: string;
  /** Nested: where to begin, the states, and where to go when they are complete. */
  readonly initial?: NoInfer<U>;
  readonly states?: { readonly [K in U]?: StateInput<T, U, F> };
  /** Parallel: regions by name; complete when every region is. */
  readonly regions?: Readonly<
    Record<string, { readonly initial: NoInfer<U>; readonly states: { readonly [K in U]?: StateInput<T, U, F> } }>
  >;
  readonly done?: Names<T, U>;
  readonly ends?: Ending['ends'];
}

/** What the author's `story` function is given. `F`: names of the scenario's faults and operations. */
export interface StoryTools<F extends string> {
  /** The story itself. */
  story<T extends string, U extends string = never>(definition: {
    readonly initial: NoInfer<T>;
    readonly states: { readonly [K in T]: StateInput<T, U, F> };
  }): StoryDefinition;
  /** A plain list of steps as a story. */
  steps(list: readonly StepInput[]): StoryDefinition;
  /** On entry: do the damage. */
  inject(fault: F): Entry;
  /** On entry: do the operation (a shift of traffic, a drain). */
  perform(operation: F): Entry;
  /** On entry: undo it. The story does not wait; facts say when it is whole. */
  heal(fault: F): Entry;
  /** When the fact holds, go there. */
  when<N extends FactName, T extends string>(fact: N, ...rest: WhenArgs<N, F, T>): WayTo<T>;
  /** When all of them hold, go there. Guards are pure functions of facts and passes. */
  all<T extends string>(conditions: readonly (Condition | Guard)[], target: T): WayTo<T>;
  /** A condition for `all` and `steps`. */
  fact<N extends FactName>(fact: N, ...rest: FactArgs<N, F>): Condition;
  /** A guard: how often the fault or operation was injected so far. */
  passes(fault: F, bounds: { readonly min?: number; readonly max?: number }): Guard;
  /** The end: `expected`, or `failed` and `inconclusive` with a reason; `region` completes a nested state or a region. */
  ends(how: 'expected' | 'region', because?: string): Ending;
  ends(how: 'failed' | 'inconclusive', because: string): Ending;
}

/** The tools; they build data and never throw. */
export function createStoryTools<F extends string>(): StoryTools<F> {
  const inject = (fault: F): Entry => ({ do: 'inject', fault });
  return {
    story: (definition) => normaliseRegion(definition),
    steps: (list) => stepsOf(list),
    inject,
    perform: inject,
    heal: (fault) => ({ do: 'heal', fault }),
    when: (fact, ...rest) => {
      const [spec, target] = rest.length === 1 ? [{}, rest[0]] : rest;
      return { conditions: [conditionOf(fact, spec as LooseSpec)], target: target as never };
    },
    all: (tests, target) => ({
      conditions: listOf(tests).filter((test): test is Condition => typeof test !== 'function'),
      guards: listOf(tests).filter((test): test is Guard => typeof test === 'function'),
      target,
    }),
    fact: (fact, ...rest) => conditionOf(fact, (rest[0] ?? {}) as LooseSpec),
    passes: passesGuard,
    ends: (how, because) => ({ ends: { how, because: because ?? '' } }),
  };
}

type LooseSpec = Readonly<Record<string, unknown>>;
const boundNames: readonly string[] = ['is', 'min', 'max', 'not', 'since'];

/** Subject and bounds of one object, apart. */
export function conditionOf(fact: FactName, spec: LooseSpec): Condition {
  const entries = Object.entries(spec ?? {});
  const subject = Object.fromEntries(entries.filter(([key]) => !boundNames.includes(key)));
  return { fact, subject, ...Object.fromEntries(entries.filter(([key]) => boundNames.includes(key))) };
}

function passesGuard(fault: string, bounds: { readonly min?: number; readonly max?: number }): Guard {
  const { min = 0, max = Number.POSITIVE_INFINITY } = bounds;
  const guard: Guard = ({ passes }) => (passes[fault] ?? 0) >= min && (passes[fault] ?? 0) <= max;
  const says = `${fault} injected ${describeBounds(bounds)}`;
  return Object.assign(guard, { says });
}

function describeBounds({ min, max }: { readonly min?: number; readonly max?: number }): string {
  return [min === undefined ? '' : `at least ${min} times`, max === undefined ? '' : `at most ${max} times`]
    .filter((part) => part !== '')
    .join(', ');
}

type LooseState = StateInput<string, string, string>;

/** Single entries and ways become lists; everything else is kept as written, wrong or not. */
function normaliseRegion(region: {
  readonly initial: string;
  readonly states: Readonly<Record<string, LooseState | undefined>>;
}): StoryDefinition {
  if (typeof region?.states !== 'object') return region as never;
  const states = Object.entries(region.states ?? {}).map(
    ([name, state]) => [name, normaliseState(state as LooseState)] as const,
  );
  return { initial: region.initial, states: Object.fromEntries(states) };
}

function normaliseState(state: LooseState): StoryDefinition['states'][string] {
  if (typeof state !== 'object' || state === null) return state as never;
  const { entry, when, states, regions, ...rest } = state;
  return {
    ...rest,
    ...(entry === undefined ? {} : { entry: listOf(entry) }),
    ...(when === undefined ? {} : { when: listOf(when) }),
    ...(states === undefined ? {} : { states: normaliseRegion({ initial: '', states }).states }),
    ...(regions === undefined
      ? {}
      : {
          regions: Object.fromEntries(
            Object.entries(regions ?? {}).map(([name, inner]) => [name, normaliseRegion(inner)]),
          ),
        }),
  };
}

const listOf = <X>(value: OneOrMore<X>): readonly X[] => (Array.isArray(value) ? value : [value as X]);
