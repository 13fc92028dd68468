import { expect, test } from 'vitest';
import { planLoad } from '../../../src/domain/load-plan.ts';
import { stagesOf, steadyStages, usersFor } from '../../../src/load/k6/stages.ts';

const tail = (target: number) => ({ duration: '86400s', target });

test('points become stages between them; after the last one the base rate goes on for a day', () => {
  const points = [
    [0, 100],
    [10_000, 400],
    [30_000, 400],
    [31_500, 100],
  ] as const;
  expect(stagesOf({ name: 'shoppers', points, rateRpsBase: 100, rateRpsPeak: 400 })).toEqual({
    startRate: 100_000,
    stages: [
      { duration: '10000ms', target: 400_000 },
      { duration: '20000ms', target: 400_000 },
      { duration: '1500ms', target: 100_000 },
      tail(100_000),
    ],
  });
});

test('a step is a stage without length, also the one from the last point to the base rate', () => {
  const points = [
    [0, 10],
    [5_000, 10],
    [5_000, 50],
    [9_000, 50],
  ] as const;
  expect(stagesOf({ name: 'shoppers', points, rateRpsBase: 10, rateRpsPeak: 50 }).stages).toEqual([
    { duration: '5000ms', target: 10_000 },
    { duration: '0ms', target: 50_000 },
    { duration: '4000ms', target: 50_000 },
    { duration: '0ms', target: 10_000 },
    tail(10_000),
  ]);
});

test('rates below one a second and fractions are whole numbers per thousand seconds', () => {
  expect(steadyStages(0.25)).toEqual({ startRate: 250, stages: [tail(250)] });
  expect(steadyStages(33.3333)).toEqual({ startRate: 33_333, stages: [tail(33_333)] });
  expect(steadyStages(0)).toEqual({ startRate: 0, stages: [tail(0)] });
});

test('every plan of a scenario ends in its base rate', () => {
  const profile = {
    name: 'cliff',
    source: 'made up',
    points: [
      [0, 0],
      [60, 1],
    ] as const,
  };
  const plan = planLoad(
    { channels: { shoppers: { profile, rateRpsBase: 20, rateRpsPeak: 300 } } },
    { service: 'orders', scale: 0.1, limitMs: 90_000 },
  );
  const { startRate, stages } = stagesOf(plan.channels[0]!);
  expect(startRate).toBe(2_000);
  expect(stages.map(({ target }) => target)).toEqual([30_000, 30_000, 2_000, 2_000]);
});

test('users suffice for nobody being answered before the time-out, within bounds', () => {
  expect(usersFor(1_000, 1_000)).toBe(1_505);
  expect(usersFor(0.5, 1_000)).toBe(6);
  expect(usersFor(100_000, 2_000)).toBe(4_000);
});
