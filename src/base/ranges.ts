/** Sets of integers as sorted, disjoint, half-open ranges. Apart because the audit of orders is exact at any rate only if orders are never stored one by one. */

/** From (included) to (excluded). */
export type Range = readonly [from: number, to: number];

/** Sorted, disjoint, non-touching, non-empty ranges. */
export type RangeSet = readonly Range[];

/** How many integers the set holds. */
export function countOf(set: RangeSet): number {
  let sum = 0;
  for (const [from, to] of set) sum += to - from;
  return sum;
}

/** Any ranges, in any order, overlapping or empty, as a {@link RangeSet}. */
export function rangeSet(ranges: Iterable<Range>): RangeSet {
  const sorted = [...ranges].filter((range) => range[1] > range[0]);
  if (!isSorted(sorted)) sorted.sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = out.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

function isSorted(ranges: readonly Range[]): boolean {
  for (let i = 1; i < ranges.length; i++) if (ranges[i]![0] < ranges[i - 1]![0]) return false;
  return true;
}

/** All integers of either set. */
export function union(a: RangeSet, b: RangeSet): RangeSet {
  return rangeSet([...a, ...b]);
}

/** The integers of `a` that are not in `b`. */
export function difference(a: RangeSet, b: RangeSet): RangeSet {
  const out: Range[] = [];
  let j = 0;
  for (const [from, to] of a) {
    let start = from;
    while (j < b.length && b[j]![1] <= start) j++;
    let k = j;
    while (k < b.length && b[k]![0] < to) {
      if (b[k]![0] > start) out.push([start, b[k]![0]]);
      start = Math.max(start, b[k]![1]);
      k++;
    }
    if (start < to) out.push([start, to]);
  }
  return out;
}

/** The integers that are in both sets. */
export function intersection(a: RangeSet, b: RangeSet): RangeSet {
  return difference(a, difference(a, b));
}

/** The ranges as people write them: `1–3, 7`; at most `max` of them, then `… and 5 more ranges`. */
export function formatRanges(set: RangeSet, max = 4): string {
  const shown = set.slice(0, max).map(([from, to]) => (to - from === 1 ? `${from}` : `${from}–${to - 1}`));
  if (set.length > max) shown.push(`… and ${set.length - max} more ranges`);
  return shown.join(', ');
}
