import { expect, test } from 'vitest';
import { firstOrder, isOrderOf, phaseOf } from '../../../src/load/k6/order-ids.ts';

test('phases and channels of one run never share an order', () => {
  const firsts = (['warm-up', 'profile'] as const).flatMap((phase) =>
    [0, 1, 99].map((channel) => firstOrder({ runId: 'etcd-leader-loss-7f3a', phase, channel })),
  );
  const sorted = [...firsts].sort((a, b) => a - b);
  expect(sorted).toEqual(firsts);
  for (let i = 1; i < sorted.length; i++) expect(sorted[i]! - sorted[i - 1]!).toBeGreaterThanOrEqual(100_000_000);
  expect(sorted.at(-1)! + 99_999_999).toBeLessThan(Number.MAX_SAFE_INTEGER);
});

test('an order says its run and its phase', () => {
  const order = firstOrder({ runId: 'a', phase: 'profile', channel: 3 }) + 12_345;
  expect(isOrderOf('a', order)).toBe(true);
  expect(isOrderOf('b', order)).toBe(false);
  expect(phaseOf(order)).toBe('profile');
  expect(phaseOf(firstOrder({ runId: 'a', phase: 'warm-up', channel: 0 }))).toBe('warm-up');
});
