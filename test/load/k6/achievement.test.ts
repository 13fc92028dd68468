import { expect, test } from 'vitest';
import type { LoadPlan } from '../../../src/domain/load.ts';
import { achievement } from '../../../src/load/k6/achievement.ts';

const plan: LoadPlan = {
  service: 'orders',
  limitMs: 60_000,
  channels: [
    {
      name: 'shoppers',
      rateRpsBase: 100,
      rateRpsPeak: 100,
      points: [
        [0, 100],
        [60_000, 100],
      ],
    },
    {
      name: 'partner',
      rateRpsBase: 10,
      rateRpsPeak: 10,
      points: [
        [0, 10],
        [60_000, 10],
      ],
    },
  ],
};
const after = (asked: readonly number[], dropped = 0) =>
  achievement(plan, { playedMs: 100_000, asked, summary: { iterations: 0, dropped } });

test('a load is reached when 99 % of every channel was asked, the base rate after the plan included', () => {
  expect(after([10_000, 1_000])).toEqual({ reached: true, text: 'k6 asked 11,000 of 11,000 planned (100 %)' });
  expect(after([9_900, 990])).toMatchObject({ reached: true });
});

test('one channel that fell short is enough, however small', () => {
  expect(after([10_000, 900])).toEqual({
    reached: false,
    text: 'k6 asked 10,900 of 11,000 planned (99.09 %), fell short on partner',
  });
});

test('more than 1 % of due requests dropped is not reached', () => {
  expect(after([10_000, 1_000], 100)).toMatchObject({ reached: true });
  expect(after([10_000, 1_000], 200)).toEqual({
    reached: false,
    text: 'k6 asked 11,000 of 11,000 planned (100 %), dropped 200',
  });
});
