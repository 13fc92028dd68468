/** A set of order numbers that mostly grows at its end. Apart from the pure range sets because a run adds to it a million times. */
import { intersection, type Range, type RangeSet, union } from '../../../base/ranges.ts';

/** A mutable {@link RangeSet}. */
export interface GrowingSet {
  /** Adds a range; gives what of it was there before. */
  add(range: Range): RangeSet;
  /** The set as it is now; later additions do not change it. */
  snapshot(): RangeSet;
  /** The set itself, for reading at once. */
  readonly live: RangeSet;
}

/** An empty set. */
export function createGrowingSet(): GrowingSet {
  let ranges: [number, number][] = [];
  return {
    get live() {
      return ranges;
    },
    snapshot: () => ranges.map(([from, to]) => [from, to] as const),
    add: ([from, to]) => {
      if (to <= from) return [];
      const last = ranges.at(-1);
      if (last === undefined || from > last[1]) ranges.push([from, to]);
      else if (from === last[1]) last[1] = to;
      else if (from >= last[0] && to <= last[1]) return [[from, to]];
      else {
        const before = intersection([[from, to]], ranges);
        ranges = union(ranges, [[from, to]]).map(([a, b]) => [a, b]);
        return before;
      }
      return [];
    },
  };
}
