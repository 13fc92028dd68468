import { expect, test } from 'vitest';
import { endOf, shareOut } from '../../../../src/platform/kind/evidence/share.ts';

test('what fits is kept whole, what does not shares what is left', () => {
  expect(shareOut([10, 20, 30], 100)).toEqual([10, 20, 30]);
  expect(shareOut([1_000, 10, 2_000], 210)).toEqual([100, 10, 100]);
  expect(shareOut([5, 5], 0)).toEqual([0, 0]);
  expect(shareOut([], 10)).toEqual([]);
});

test('the cap holds for any sizes', () => {
  for (const cap of [0, 1, 7, 100, 1_001]) {
    const kept = shareOut([3, 500, 2, 77, 400, 19], cap);
    expect(kept.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(cap);
  }
});

test('a text that is too long keeps its end, from a whole line on, and says so', () => {
  const text = Array.from({ length: 100 }, (_, i) => `line ${i}`).join('\n');
  const end = endOf(text, 200);
  expect(Buffer.byteLength(end)).toBeLessThanOrEqual(200);
  expect(end).toMatch(/^\[cut: the first \d+ bytes and a little more\]\nline \d+\n/);
  expect(end.endsWith('line 99')).toBe(true);
  expect(endOf(text, 5)).toBe('');
  expect(endOf('short', 5)).toBe('short');
});
