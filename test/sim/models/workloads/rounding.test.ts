import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveFenceposts, roundDown, roundUp } from '../../../../src/sim/models/workloads/rounding.ts';

describe('rounding', () => {
  it.each([
    [1, 1, 0],
    [2, 1, 0],
    [3, 1, 0],
    [4, 1, 1],
    [5, 2, 1],
    [7, 2, 1],
    [10, 3, 2],
    [100, 25, 25],
  ])('25 %% of %i replicas is %i surge and %i unavailable', (replicas, surge, unavailable) => {
    expect(resolveFenceposts({ ratio: 0.25 }, { ratio: 0.25 }, replicas)).toEqual({ surge, unavailable });
  });

  it('one pod may be unavailable when both bounds come out as nothing', () => {
    expect(resolveFenceposts({ count: 0 }, { ratio: 0.25 }, 3)).toEqual({ surge: 0, unavailable: 1 });
    expect(resolveFenceposts({ count: 0 }, { count: 0 }, 3)).toEqual({ surge: 0, unavailable: 1 });
  });

  it('follows whole percent: up is ceil(percent × n ÷ 100), down is floor', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 5_000 }), (percent, of) => {
        const exact = percent * of;
        expect(roundUp({ ratio: percent / 100 }, of)).toBe((exact + ((100 - (exact % 100)) % 100)) / 100);
        expect(roundDown({ ratio: percent / 100 }, of)).toBe((exact - (exact % 100)) / 100);
      }),
    );
  });

  it('takes counts as they are', () => {
    expect([roundUp({ count: 7 }, 3), roundDown({ count: 7 }, 3)]).toEqual([7, 7]);
  });
});
