import { describe, expect, it } from 'vitest';
import { exp, log } from '../../src/base/exact-math.ts';

const near = (value: number, expected: number) => Math.abs(value - expected) <= 1e-13 * Math.max(1, Math.abs(expected));

describe('exact math', () => {
  it('agrees with the engine to 13 digits', () => {
    for (let x = -50; x <= 50; x += 0.37) expect(near(exp(x) / Math.exp(x), 1), `exp(${x})`).toBe(true);
    for (const x of [1e-300, 1e-9, 0.1, 0.7, 1, 1.5, 2, 10, 12345.678, 1e200])
      expect(near(log(x), Math.log(x)), `log(${x})`).toBe(true);
  });

  it('gives the limits at the ends of the range', () => {
    expect([exp(-800), exp(800), log(0), log(Number.POSITIVE_INFINITY)]).toEqual([
      0,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    expect(log(-1)).toBeNaN();
  });
});
