import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, difference, formatRanges, intersection, type Range, rangeSet, union } from '../../src/base/ranges.ts';

const sets = fc
  .array(
    fc.tuple(fc.nat(60), fc.nat(20)).map(([from, size]): Range => [from, from + size]),
    { maxLength: 8 },
  )
  .map(rangeSet);
const members = (set: ReturnType<typeof rangeSet>) =>
  new Set(set.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i)));

describe('range sets', () => {
  it('agree with plain sets in union, difference, intersection and count', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const [x, y] = [members(a), members(b)];
        expect(members(union(a, b))).toEqual(new Set([...x, ...y].sort((p, q) => p - q)));
        expect([...members(difference(a, b))]).toEqual([...x].filter((n) => !y.has(n)));
        expect([...members(intersection(a, b))]).toEqual([...x].filter((n) => y.has(n)));
        expect(countOf(a)).toBe(x.size);
      }),
    );
  });

  it('are written as people write them', () => {
    expect(
      formatRanges([
        [1, 4],
        [7, 8],
      ]),
    ).toBe('1–3, 7');
    expect(formatRanges(rangeSet(Array.from({ length: 9 }, (_, i): Range => [i * 3, i * 3 + 1])), 2)).toBe(
      '0, 3, … and 7 more ranges',
    );
  });
});
