/** Scenarios from plain JavaScript, where no compiler has looked: every part of a sound one is replaced by what does not belong there. */
import { expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { runScenario } from '../../src/compose/run-scenario.ts';
import { defineScenario } from '../../src/domain/define-scenario.ts';
import { checkDefined } from '../../src/domain/defined-scenario.ts';
import { constant } from '../../src/domain/profiles.ts';
import type { Scenario } from '../../src/domain/scenario.ts';
import { availability, killPod } from '../../src/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: hostile input has no type
type Loose = any;

const input = () => ({
  name: 'sample',
  title: 'A sample',
  proves: 'something',
  topology: 'dual-site',
  set: ['east/Deployment/orders:spec.replicas=2'],
  load: constant({ rateRps: 50 }),
  limitMs: 120_000,
  faults: { kill: killPod({ site: 'east', workload: 'orders' }) },
  objectives: [availability({ of: 'orders', ratioMin: 0.9 })],
  stopWhen: [{ service: 'orders', successRatioMin: 0.5, forMs: 10_000 }],
  twins: { weak: { says: 'weak', set: ['a=b'], flips: ['availability of orders'], keeps: [] } },
  story: ({ story, inject, when, ends, heal }: Loose): Loose =>
    story({
      initial: 'calm',
      states: {
        calm: { when: when('load.started', 'killing') },
        killing: {
          entry: [inject('kill'), heal('kill')],
          when: when('workload.whole', { site: 'east', workload: 'orders', since: 'kill' }, 'whole'),
          after: { 60000: 'late' },
        },
        whole: ends('expected'),
        late: ends('failed', 'late'),
      },
    }),
});

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
const thrower = {
  get name() {
    throw new Error('a getter');
  },
};
/** What is put in the place of each part. */
const hostile: readonly unknown[] = [
  undefined,
  null,
  '',
  '\u001b[2J\u202e',
  '__proto__',
  'constructor',
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e308,
  10n,
  true,
  Symbol('s'),
  [],
  [null],
  [[]],
  {},
  Object.create(null),
  { toString: 1, toJSON: () => undefined },
  JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}'),
  cyclic,
  [cyclic],
  thrower,
  Promise.resolve(1),
  () => undefined,
  new Proxy({}, { get: () => ({}) }),
  new Map([[1, 2]]),
  new Date(0),
];

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]));
  return [path, ...inner];
}

/** A copy in which the part at the path is another; functions are kept. */
function replaced(value: unknown, [key, ...rest]: Path, part: unknown): unknown {
  if (key === undefined) return part;
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === key ? replaced(item, rest, part) : item));
  return { ...(value as object), [key]: replaced((value as Record<string, unknown>)[key], rest, part) };
}

/** Problems, or undefined when it was taken. Anything else that is thrown is thrown on. */
function problemsOf(work: () => unknown): readonly unknown[] | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof InputError && error.problems.length > 0) return error.problems;
    throw error;
  }
}

const show = (path: Path, part: unknown) => `${path.join('.')} ← ${typeof part} ${hostile.indexOf(part)}`;

test('the sample is sound', () => {
  expect(problemsOf(() => defineScenario(input()))).toBeUndefined();
  expect(checkDefined(defineScenario(input()))).toEqual([]);
});

test('defineScenario takes or refuses whatever stands in any place, and throws nothing else', () => {
  const crashes: string[] = [];
  let refused = 0;
  for (const path of pathsOf(input()))
    for (const part of hostile)
      try {
        if (problemsOf(() => defineScenario(replaced(input(), path, part) as Loose)) !== undefined) refused += 1;
      } catch (error) {
        if (part !== thrower) crashes.push(`${show(path, part)}: ${String((error as Error).stack).slice(0, 300)}`);
      }
  expect(crashes).toEqual([]);
  expect(refused).toBeGreaterThan(500);
});

const stories: readonly (readonly [string, unknown])[] = pathsOf(defineScenario(input()).story).flatMap((path) =>
  hostile.map((part) => [show(path, part), replaced(defineScenario(input()).story, path, part)] as const),
);

test('a story takes or refuses whatever stands in any place, and throws nothing else', () => {
  const crashes: string[] = [];
  for (const [what, story] of stories)
    try {
      problemsOf(() => defineScenario({ ...input(), story: () => story as Loose }));
    } catch (error) {
      if (!String(error).includes('a getter')) crashes.push(`${what}: ${String((error as Error).stack).slice(0, 300)}`);
    }
  expect(crashes).toEqual([]);
});

test('a default export that only looks like a scenario is refused, whatever is wrong with it', () => {
  const sound = defineScenario(input());
  const taken: Scenario[] = [];
  for (const path of pathsOf(sound))
    for (const part of hostile) {
      const value = replaced(sound, path, part);
      if (checkDefined(value).length === 0) taken.push(value as Scenario);
    }
  for (const value of hostile) expect(checkDefined(value).length).toBeGreaterThan(0);
  expect(checkDefined({ name: 'x', story: {}, objectives: [] }).length).toBeGreaterThan(3);
  expect(taken.length).toBeLessThan(700);
});

test('the library refuses what is no scenario, too', async () => {
  const scenario = { name: 'x', story: {}, objectives: [] } as unknown as Scenario;
  await expect(runScenario({ scenario, seed: '1' })).rejects.toBeInstanceOf(InputError);
});

test('a fact that can never have the value is refused', () => {
  const never = {
    ...input(),
    story: (tools: { when: (...words: unknown[]) => unknown }) =>
      input().story({
        ...tools,
        when: (fact: string, subject: object, target: string) =>
          tools.when(
            fact,
            target === undefined ? subject : { ...subject, is: 'x' },
            ...(target === undefined ? [] : [target]),
          ),
      }),
  };
  const said = JSON.stringify(problemsOf(() => defineScenario(never as Loose)));
  expect(said).toMatch(/can never be/);
});

test('a story of ten thousand states is sound', () => {
  const last = 9_999;
  const chain = (when: (fact: string, target: string) => unknown) =>
    Object.fromEntries(
      Array.from({ length: last + 1 }, (_, i) => [
        `s${i}`,
        { when: when('load.started', i === last ? 'killing' : `s${i + 1}`) },
      ]),
    );
  const long = {
    ...input(),
    story: (tools: Loose) =>
      input().story({
        ...tools,
        story: (one: { states: object }) =>
          tools.story({
            ...one,
            states: { ...one.states, calm: { when: tools.when('load.started', 's0') }, ...chain(tools.when) },
          }),
      }),
  };
  expect(problemsOf(() => defineScenario(long))).toBeUndefined();
});

test('an objective during a state that the story has not got is refused', () => {
  const wrong = {
    ...input(),
    objectives: [availability({ of: 'orders', ratioMin: 0.9, during: 'kiling' })],
    twins: {},
  };
  expect(JSON.stringify(problemsOf(() => defineScenario(wrong)))).toMatch(
    /names the state `kiling`.*Did you mean .*killing/,
  );
});
