import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSplit } from '../../../../src/sim/models/traffic/integer-split.ts';

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

describe('a split of whole numbers', () => {
  it('always adds up, in whole numbers, and respects caps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((slots) =>
          fc.array(
            fc.record({
              total: fc.integer({ min: 0, max: 5000 }),
              weights: fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 9, noNaN: true })), {
                minLength: slots,
                maxLength: slots,
              }),
              caps: fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: slots, maxLength: slots }),
            }),
            { minLength: 1, maxLength: 20 },
          ),
        ),
        (rounds) => {
          const split = createSplit(rounds[0]!.weights.length);
          for (const { total, weights, caps } of rounds) {
            const given = Array.from(split(total, weights, caps));
            expect(sum(given)).toBe(Math.min(total, sum(caps)));
            given.forEach((count, i) => {
              expect(Number.isInteger(count) && count >= 0 && count <= caps[i]!).toBe(true);
            });
          }
        },
      ),
      { seed: 7 },
    );
  });

  it('carries what rounding leaves, so that shares are exact in the long run', () => {
    const split = createSplit(3);
    const total = [0, 0, 0];
    for (let i = 0; i < 1000; i++)
      split(1, [0.5, 0.3, 0.2]).forEach((count, slot) => {
        total[slot]! += count;
      });
    expect(total).toEqual([500, 300, 200]);
  });

  it('gives nothing to a slot without weight while another can take it', () => {
    const split = createSplit(2);
    for (let i = 0; i < 9; i++) expect(Array.from(split(3, [0, 1]))).toEqual([0, 3]);
  });
});
