import { expect, test } from 'vitest';
import type { LoadPlan } from '../../../src/domain/load.ts';
import { peakRpsOf, tooMuchLoad } from '../../../src/load/k6/capacity.ts';

const plan: LoadPlan = {
  service: 'orders',
  limitMs: 60_000,
  channels: [
    {
      name: 'shoppers',
      rateRpsBase: 100,
      rateRpsPeak: 5_000,
      points: [
        [0, 100],
        [10_000, 5_000],
        [20_000, 100],
      ],
    },
    {
      name: 'partner',
      rateRpsBase: 10,
      rateRpsPeak: 800,
      points: [
        [0, 800],
        [15_000, 800],
        [15_000, 10],
      ],
    },
  ],
};

test('the peak of a plan is that of all channels together at one moment', () => {
  expect(peakRpsOf(plan)).toBe(5_800);
});

test('a load beyond what k6 carries is refused with the scale that fits', () => {
  expect(tooMuchLoad(plan, { cores: 2, scale: 1 })).toEqual({
    message: 'Expected a load of at most 1,000 requests per second on 2 cores, got 5,800',
    hint: 'Add --scale 0.17, which makes rates and what a pod can serve smaller alike.',
  });
  expect(tooMuchLoad(plan, { cores: 2, scale: 0.05 })!.hint).toContain('--scale 0.0086,');
  expect(tooMuchLoad(plan, { cores: 12, scale: 1 })).toBeUndefined();
});
