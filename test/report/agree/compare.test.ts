import { expect, test } from 'vitest';
import { compareMedians } from '../../../src/report/agree/compare.ts';

test('times of a second and more are compared by their ratio to the real one', () => {
  expect(compareMedians('recoveryMs', 12_000, 10_000)).toEqual({
    rule: 'ratio',
    ratio: 1.2,
    errorRatio: 0.2,
    alike: false,
  });
  expect(compareMedians('recoveryMs', 8_000, 10_000)).toMatchObject({ ratio: 0.8, errorRatio: 0.2 });
  expect(compareMedians('recoveryMs', 10_000, 10_000)).toMatchObject({ errorRatio: 0, alike: false });
});

test('below a second 0.3 s apart is alike, and not a millisecond more', () => {
  expect(compareMedians('takeoverMs', 900, 1_200)).toMatchObject({ rule: 'tolerance', errorRatio: 0, alike: true });
  expect(compareMedians('takeoverMs', 0, 300)).toMatchObject({ errorRatio: 0, alike: true });
  expect(compareMedians('takeoverMs', 0, 301)).toMatchObject({ errorRatio: 1, alike: false });
  expect(compareMedians('takeoverMs', 1_000, 1_300)).toMatchObject({ rule: 'ratio', alike: false });
});

test('things are the same number or they are not', () => {
  expect(compareMedians('lostOrders', 0, 0)).toEqual({ rule: 'count', errorRatio: 0, alike: true });
  expect(compareMedians('replacedCount', 3, 3)).toMatchObject({ rule: 'count', errorRatio: 0, alike: true });
  expect(compareMedians('replacedCount', 3, 4)).toMatchObject({ errorRatio: 0.25, alike: false });
  expect(compareMedians('lostOrders', 1, 0)).toEqual({
    rule: 'count',
    errorRatio: Number.POSITIVE_INFINITY,
    alike: false,
  });
});

test('a ratio of success is compared by what it lacks to 1', () => {
  expect(compareMedians('availabilityRatio', 0.998, 0.999)?.errorRatio).toBeCloseTo(1);
  expect(compareMedians('availabilityRatio', 1, 1)).toMatchObject({ errorRatio: 0, alike: true });
});

test('requests have a size', () => {
  expect(compareMedians('failedRequests', 110, 100)).toMatchObject({ rule: 'ratio', ratio: 1.1 });
});

test('what only says how much was looked at is not compared', () => {
  expect(compareMedians('acknowledgedOrders', 1, 2)).toBeUndefined();
});
