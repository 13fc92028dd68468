/** Wall time as a platform's clock. */
import { expect, test } from 'vitest';
import { createWallClock } from '../../../src/platform/kind/wall-clock.ts';

test('counts whole ms from its making, and knows what its zero is on the wall', () => {
  const beforeMs = Date.now();
  const clock = createWallClock();
  expect(clock.now()).toBeGreaterThanOrEqual(0);
  expect(Number.isInteger(clock.now())).toBe(true);
  expect(clock.epochMs).toBeGreaterThanOrEqual(beforeMs);
});

test('calls back no earlier than asked, in order, and not what was cancelled', async () => {
  const clock = createWallClock();
  const calls: string[] = [];
  const cancelled = clock.at(clock.now() + 5, () => calls.push('cancelled'));
  await new Promise<void>((done) => {
    const dueMs = clock.now() + 20;
    clock.at(dueMs, () => {
      expect(clock.now()).toBeGreaterThanOrEqual(dueMs);
      calls.push('late');
      done();
    });
    clock.at(clock.now() - 50, () => calls.push('past'));
    cancelled();
    cancelled();
  });
  expect(calls).toEqual(['past', 'late']);
});
