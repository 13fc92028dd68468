import { expect, test } from 'vitest';
import { formatClock, formatCount, formatDuration, formatLatency, formatRatio } from '../../src/base/format.ts';

test('counts are grouped in thousands', () => {
  expect([0, 999, 1_000, 131_220, 1_234_567, -1_000].map(formatCount)).toEqual([
    '0',
    '999',
    '1,000',
    '131,220',
    '1,234,567',
    '-1,000',
  ]);
});

test('spans name their units and are rounded up, so that no bound looks kept that was not', () => {
  expect([0, 1, 300, 1_300, 15_000, 15_001].map(formatDuration)).toEqual([
    '0 s',
    '0.1 s',
    '0.3 s',
    '1.3 s',
    '15 s',
    '15.1 s',
  ]);
  expect([59_900, 59_901, 60_000, 125_000, 3_600_000, 3_900_000].map(formatDuration)).toEqual([
    '59.9 s',
    '1 min',
    '1 min',
    '2 min 5 s',
    '1 h',
    '1 h 5 min',
  ]);
});

test('a ratio is shown as 100 % or 0 % only when it is', () => {
  expect([1, 0, 0.9997, 0.5, 0.99999, 0.00004, 0.333333].map(formatRatio)).toEqual([
    '100 %',
    '0 %',
    '99.97 %',
    '50 %',
    '99.999 %',
    '0.004 %',
    '33.33 %',
  ]);
});

test('platform times are cut to tenths', () => {
  expect([0, 301_300, 301_399, 3_901_300].map(formatClock)).toEqual(['0:00.0', '5:01.3', '5:01.3', '1:05:01.3']);
});

test('latencies have tenths only where they matter', () => {
  expect([0.44, 42, 42.3, 1_250].map(formatLatency)).toEqual(['0.4 ms', '42 ms', '42 ms', '1,250 ms']);
});
