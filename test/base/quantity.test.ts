import { expect, test } from 'vitest';
import { parseQuantity, toMiB } from '../../src/base/quantity.ts';

test.each([
  ['100m', 0.1],
  ['1Gi', 1_073_741_824],
  ['512Mi', 536_870_912],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['2e3', 2000],
  ['2E', 2e18],
  ['1k', 1000],
  ['250u', 0.00025],
  ['-3', -3],
  [4, 4],
])('%s is %d', (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

test.each(['', 'lots', '1 Gi', '1gi', '1.2.3', '0x10', 'NaN', Number.NaN])('"%s" is no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});

test('a gibibyte is 1024 MiB', () => {
  expect(toMiB(1_073_741_824)).toBe(1024);
});
