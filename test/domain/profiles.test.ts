import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { integral, levelAt, planLoad } from '../../src/domain/load-plan.ts';
import { doubleElevenMultiples } from '../../src/domain/profiles/shapes.ts';
import {
  channels,
  constant,
  csvProfile,
  diurnal,
  doubleEleven,
  jd618,
  launch,
  profiles,
  telecom517,
} from '../../src/domain/profiles.ts';

const problemsOf = (act: () => unknown): readonly { message: string; line?: number; file?: string }[] => {
  try {
    act();
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('load profiles', () => {
  it.each([
    [0, 96, 33.5],
    [96, 325, 28.1],
    [325, 769, 14.5],
    [769, 3_839, 5.2],
    [3_839, 51_660, 0.67],
    [51_660, 59_460, 0.56],
    [59_460, 86_400, 0.66],
  ])('double-eleven has the published mean rate from second %d to %d', (from, to, mean) => {
    const area = integral(doubleElevenMultiples, from, to) * 1000;
    expect(Math.abs(area / (to - from) / mean - 1)).toBeLessThan(0.005);
  });

  it('every shape has a source, ascending seconds, levels from 0 to 1, and touches the 1 (constant: only the 0)', () => {
    for (const [name, profile] of Object.entries(profiles)) {
      const levels = profile.points.map(([, level]) => level);
      expect(profile.source.length, name).toBeGreaterThan(5);
      expect(Math.min(...levels), name).toBeGreaterThanOrEqual(0);
      expect(Math.max(...levels), name).toBe(name === 'constant' ? 0 : 1);
      profile.points.forEach(
        ([second], i) => void expect(second).toBeGreaterThanOrEqual(profile.points[i - 1]?.[0] ?? second),
      );
    }
  });

  it('the cliff of Double Eleven takes one second, after a dip and a pre-heat above base', () => {
    const { profile } = doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:55', '00:05'] }).channels
      .shoppers!;
    const level = (second: number) => levelAt(profile.points, second);
    expect(level(300)).toBe(1);
    expect(level(299)).toBeLessThan(0.04);
    expect(level(200)).toBeGreaterThan(level(299));
    expect(level(200)).toBeGreaterThan(0.05);
    expect(level(300 + 325)).toBeGreaterThan(level(300 + 210));
  });

  it('windows default to one minute before the great moment and four after it, so that channels meet', () => {
    for (const make of [doubleEleven, jd618, launch, telecom517]) {
      const { profile } = make({ rateRpsBase: 10 }).channels.shoppers!;
      expect(levelAt(profile.points, 60)).toBe(1);
      expect(levelAt(profile.points, 58.9)).toBeLessThan(0.2);
      expect(profile.points.at(-1)![0]).toBe(300);
    }
  });

  it.each([
    [jd618, 10],
    [launch, 20],
    [telecom517, 126],
  ])('a base rate alone is multiplied by the published factor', (make, factor) => {
    expect(make({ rateRpsBase: 10 }).channels.shoppers!.rateRpsPeak).toBe(10 * factor);
  });

  it('a day compressed 288 times lasts five minutes and a window may pass midnight', () => {
    const day = diurnal({ rateRpsBase: 10, rateRpsPeak: 100, compress: 288 }).channels.shoppers!.profile;
    expect(day.points.at(-1)![0]).toBe(300);
    expect(levelAt(day.points, (21.5 * 3_600) / 288)).toBeCloseTo(1, 10);
    const night = diurnal({ rateRpsBase: 10, rateRpsPeak: 100, window: ['22:00', '04:30'] }).channels.shoppers!.profile;
    expect(night.points.at(-1)).toEqual([6.5 * 3_600, 0]);
  });

  it('several channels become one load, each with its own profile and size', () => {
    const load = channels({
      shoppers: doubleEleven({ rateRpsBase: 100 }),
      partner: telecom517({ rateRpsBase: 5, service: 'orders' }),
    });
    expect(load.service).toBe('orders');
    expect(Object.keys(load.channels)).toEqual(['shoppers', 'partner']);
    expect(load.channels.partner!.rateRpsPeak).toBe(630);
  });

  it('wrong sizes, windows and factors are all told at once', () => {
    const problems = problemsOf(() =>
      doubleEleven({ rateRpsBase: -5, rateRpsPeak: -9, window: ['24:30', '00:61'], compress: 0 }),
    );
    expect(problems.map((problem) => problem.message)).toEqual([
      'Expected `rateRpsBase` to be 0 or more requests per second, got `-5`',
      'Expected `rateRpsPeak` to be 0 or more requests per second, got `-9`',
      'Expected `rateRpsPeak` to be at least `rateRpsBase` (-5), got `-9`',
      'Expected `compress` to be a positive factor, got `0`',
      'Expected a time of the clock such as "23:55" or "00:00:30", got "24:30"',
      'Expected a time of the clock such as "23:55" or "00:00:30", got "00:61"',
    ]);
    expect(problemsOf(() => launch({ rateRpsBase: 1, window: ['03:00', '04:00'] }))[0]!.message).toContain(
      'inside its curve',
    );
    expect(problemsOf(() => constant({ rateRps: Number.NaN }))).toHaveLength(1);
    expect(problemsOf(() => channels({}))).toHaveLength(1);
  });

  it('a CSV gives one channel per column, base and peak from its figures, and steps', () => {
    const load = csvProfile('second,shoppers,partner\n# eve\n0,100,5\n60,100,5\n60,400,5\n\n120,250,630\n', {
      file: 'own.csv',
    });
    const plan = planLoad(load, { service: 'orders', scale: 1, limitMs: 120_000 });
    expect(plan.channels.map((channel) => [channel.name, channel.rateRpsBase, channel.rateRpsPeak])).toEqual([
      ['shoppers', 100, 400],
      ['partner', 5, 630],
    ]);
    expect(plan.channels[0]!.points.slice(0, 3)).toEqual([
      [0, 100],
      [60_000, 100],
      [60_000, 400],
    ]);
  });

  it('a wrong CSV names file and line of every mistake', () => {
    const problems = problemsOf(() => csvProfile('0,100\nten,100\n20,-4\n10,5,6\n', { file: 'own.csv' }));
    expect(problems.map((problem) => [problem.file, problem.line])).toEqual([
      ['own.csv', 2],
      ['own.csv', 3],
      ['own.csv', 4],
      ['own.csv', 4],
    ]);
    expect(problemsOf(() => csvProfile(''))[0]!.message).toContain('at least one line');
  });
});

it('an option that a load does not take is refused, with the nearest that it does', () => {
  const options = { rateRpsBase: 1, rateRpsPek: 4, windw: 1 };
  expect(() => doubleEleven(options)).toThrow(/no option `rateRpsPek`[\s\S]*"rateRpsPeak"[\s\S]*no option `windw`/);
  expect(() => constant({ rateRps: 1, chanel: 'x' } as { rateRps: number })).toThrow('Did you mean "channel"?');
  expect(() => csvProfile('0,1', { fil: 'x' } as object)).toThrow('Did you mean "file"?');
});
