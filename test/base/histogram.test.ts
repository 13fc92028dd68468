import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHistogram } from '../../src/base/histogram.ts';

test('an empty histogram has no samples and a quantile of 0', () => {
  expect([createHistogram().count(), createHistogram().quantile(0.99)]).toEqual([0, 0]);
});

test('a quantile is the nearest rank, never below the true one and at most a thousandth above', () => {
  const samples = fc.array(fc.integer({ min: 0, max: 600_000_00 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const histogram = createHistogram();
      for (const value of values) histogram.add(value / 10, 1);
      const sorted = [...values].sort((a, b) => a - b);
      const exact = sorted[Math.ceil((percent / 100) * values.length - 1e-9) - 1]! / 10;
      expect(histogram.quantile(percent / 100)).toBeGreaterThanOrEqual(exact);
      expect(histogram.quantile(percent / 100)).toBeLessThanOrEqual(exact * 1.001 + 0.1);
    }),
  );
});

test('merged histograms answer like one that took everything', () => {
  const [a, b, both] = [createHistogram(), createHistogram(), createHistogram()];
  for (let i = 0; i < 1_000; i++) {
    (i % 3 === 0 ? a : b).add(i, 0.5);
    both.add(i, 0.5);
  }
  a.merge(b);
  expect([a.count(), a.quantile(0.5), a.quantile(0.99)]).toEqual([
    both.count(),
    both.quantile(0.5),
    both.quantile(0.99),
  ]);
});
