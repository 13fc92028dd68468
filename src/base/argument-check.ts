/** Checks on the arguments of factories: an objective that nothing could meet, or a fault that nothing could do, is refused where it is written. */
import { createProblemList, knownWords, type Problem } from './errors.ts';
import { refuse } from './refusals.ts';

/** Collects what is wrong with the arguments of one factory. Undefined values are left out: optional arguments. */
export interface Check {
  /** No options but these: a misspelt one would be left out in silence where no compiler looks. */
  only(options: object, known: readonly string[]): Check;
  /** None of these may be left out. */
  given(values: Readonly<Record<string, unknown>>): Check;
  /** Not empty. */
  text(name: string, value: string | undefined): Check;
  /** Not empty, and none of them empty. */
  texts(name: string, values: readonly string[] | undefined): Check;
  /** A finite number ≥ 0 of milliseconds. */
  ms(name: string, value: number | undefined): Check;
  /** 0..1. */
  ratio(name: string, value: number | undefined): Check;
  /** A finite number ≥ `min`. */
  number(name: string, value: number | undefined, min?: number): Check;
  /** Anything else that must hold; `message` says what was expected. */
  that(holds: boolean, message: string): Check;
  /** Refuses everything that was wrong: throws an InputError, or lets it wait while a scenario's file is read. */
  done(): void;
}

/** The options that are none, each with the nearest that is. */
export function strangeOptions(subject: string, options: object, known: readonly string[]): readonly Problem[] {
  const strange = Object.keys(options).filter((name) => !known.includes(name));
  return strange.map((name) => ({
    message: `${subject}: there is no option \`${name}\``,
    hint: knownWords('Options', name, known),
  }));
}

/** Begins a check; `subject` begins every message: ``Objective `recovery` ``. */
export function checkArguments(subject: string): Check {
  const list = createProblemList();
  const expect = (holds: boolean, expected: string) => {
    if (!holds) list.add({ message: `${subject}: expected ${expected}` });
    return self;
  };
  const bounded = (name: string, value: number | undefined, min: number, max: number, meaning: string) =>
    expect(
      value === undefined || (typeof value === 'number' && value >= min && value <= max),
      `\`${name}\` to be ${meaning}, got \`${value}\``,
    );
  const self: Check = {
    only: (options, known) => {
      for (const problem of strangeOptions(subject, options, known)) list.add(problem);
      return self;
    },
    given: (values) => {
      for (const [name, value] of Object.entries(values)) expect(value !== undefined, `\`${name}\`, got nothing`);
      return self;
    },
    text: (name, value) => expect(value === undefined || isText(value), `\`${name}\` not to be empty`),
    texts: (name, values) =>
      expect(values === undefined || (values.length > 0 && values.every(isText)), `\`${name}\` to name something`),
    ms: (name, value) => bounded(name, value, 0, Number.MAX_SAFE_INTEGER, 'a number of milliseconds, 0 or more'),
    ratio: (name, value) => bounded(name, value, 0, 1, 'a ratio from 0 to 1'),
    number: (name, value, min = 0) => bounded(name, value, min, Number.MAX_SAFE_INTEGER, `a number, ${min} or more`),
    that: expect,
    done: () => refuse(list.problems),
  };
  return self;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
