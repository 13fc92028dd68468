/** Latencies counted into buckets that can be merged. Ours rather than a library's because stretches that are cut leave fractional counts, and because a quantile must be exact at the bound of an objective. */

/** Below this many tenths of a millisecond every tenth has a bucket of its own; above, buckets are at most 1/1024 wide. */
const linearMax = 2_048;
const octaveBuckets = 1_024;
const octaves = 21;

/** A mergeable histogram of latencies. */
export interface Histogram {
  /** Adds `count` (≥ 0, may be fractional) samples of `ms` (≥ 0). */
  add(ms: number, count: number): void;
  /** Adds all samples of another. */
  merge(other: Histogram): void;
  /** Number of samples. */
  count(): number;
  /** Nearest rank: the least value with at least `quantile` (0..1) of the samples at or below it; the greatest value of its bucket, so never too good. 0 when empty. */
  quantile(quantile: number): number;
  /** Every bucket in use, ascending: its greatest value and its count. */
  buckets(): Iterable<readonly [ms: number, count: number]>;
}

/** An empty {@link Histogram}. About 0.4 MB: make one per question, not one per stretch. */
export function createHistogram(): Histogram {
  const size = linearMax + octaves * octaveBuckets;
  const counts = new Float64Array(size);
  const greatest = new Float64Array(size);
  let total = 0;
  const add = (ms: number, count: number) => {
    if (!(count > 0)) return;
    const bucket = bucketOf(ms);
    counts[bucket]! += count;
    if (ms > greatest[bucket]!) greatest[bucket] = ms;
    total += count;
  };
  function* buckets(): Generator<readonly [number, number]> {
    for (let i = 0; i < size; i++) if (counts[i]! > 0) yield [greatest[i]!, counts[i]!];
  }
  return {
    add,
    buckets,
    merge: (other) => {
      for (const [ms, count] of other.buckets()) add(ms, count);
    },
    count: () => total,
    quantile: (quantile) => {
      let below = 0;
      let last = 0;
      for (const [ms, count] of buckets()) {
        below += count;
        last = ms;
        if (below >= quantile * total - 1e-9 * total) return ms;
      }
      return last;
    },
  };
}

function bucketOf(ms: number): number {
  const tenths = Math.min(Math.max(0, Math.floor(ms * 10)), 0x7fffffff);
  if (tenths < linearMax) return tenths;
  const octave = 21 - Math.clz32(tenths);
  return linearMax + (octave - 1) * octaveBuckets + (tenths >>> octave) - octaveBuckets;
}
