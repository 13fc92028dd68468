import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proportionalStep, rollingStep } from '../../../../src/sim/models/workloads/rolling-step.ts';

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const set = (wanted: number, available = wanted) => ({ wanted, available });

describe('one step of a rolling update', () => {
  it('ten pods, 3 surge, 2 unavailable: the new set starts with 3, then the old gives up 2', () => {
    const bounds = { replicas: 10, surge: 3, unavailable: 2 };
    expect(rollingStep([set(10), set(0)], bounds)).toEqual([10, 3]);
    expect(rollingStep([set(10), set(3, 0)], bounds)).toEqual([8, 3]);
    expect(rollingStep([set(8), set(3, 0)], bounds)).toEqual([8, 5]);
    expect(rollingStep([set(8), set(5, 0)], bounds)).toEqual([8, 5]);
    expect(rollingStep([set(8), set(5, 5)], bounds)).toEqual([3, 5]);
  });

  it('pods of old sets that do not work go first', () => {
    expect(rollingStep([set(4, 0), set(6), set(0)], { replicas: 10, surge: 0, unavailable: 3 })).toEqual([1, 6, 0]);
    expect(rollingStep([set(4, 0), set(6), set(0)], { replicas: 10, surge: 0, unavailable: 5 })).toEqual([0, 5, 0]);
  });

  it('never plans more than replicas + surge, nor takes healthy pods below replicas − unavailable', () => {
    const counts = fc.record({ wanted: fc.integer({ min: 0, max: 30 }), share: fc.integer({ min: 0, max: 100 }) });
    const sets = fc.array(counts, { minLength: 1, maxLength: 4 });
    const bound = fc.integer({ min: 0, max: 10 });
    fc.assert(
      fc.property(sets, fc.integer({ min: 1, max: 30 }), bound, bound, (given, replicas, surge, unavailable) => {
        const before = given.map(({ wanted, share }) => set(wanted, Math.floor((wanted * share) / 100)));
        const bounds = { replicas, surge, unavailable: Math.min(replicas, unavailable) };
        const after = rollingStep(before, bounds);
        const total = sum(before.map(({ wanted }) => wanted));
        expect(sum(after)).toBeLessThanOrEqual(Math.max(total, replicas + surge));
        const keeps = sum(before.map(({ available }, i) => Math.min(available, after[i]!)));
        const available = sum(before.map((one) => one.available));
        const newestShrank = after.at(-1)! < before.at(-1)!.wanted;
        if (!newestShrank) expect(keeps).toBeGreaterThanOrEqual(Math.min(available, replicas - bounds.unavailable));
        for (const wanted of after) expect(wanted).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('always ends when every new pod becomes available', () => {
    const bound = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), bound, bound, (replicas, surge, unavailable) => {
        const bounds = {
          replicas,
          surge,
          unavailable: surge + unavailable === 0 ? 1 : Math.min(replicas, unavailable),
        };
        let wanted: readonly number[] = [replicas, 0];
        for (let i = 0; i < 200 && (wanted[0] !== 0 || wanted[1] !== replicas); i++)
          wanted = rollingStep(
            wanted.map((count) => set(count)),
            bounds,
          );
        expect(wanted).toEqual([0, replicas]);
      }),
    );
  });

  it('scaling in the middle keeps the shares: 8 old and 5 new of 10 + 3 become 24 and 15 of 30 + 9', () => {
    const bounds = { replicas: 30, surge: 9, unavailable: 2 };
    expect(proportionalStep([set(8), set(5)], bounds, 13)).toEqual([24, 15]);
  });

  it('scaling before the new set has a pod changes only the old one', () => {
    expect(proportionalStep([set(3), set(0)], { replicas: 5, surge: 2, unavailable: 1 }, 4)).toEqual([5, 0]);
  });
});
