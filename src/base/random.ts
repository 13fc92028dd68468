/** Seeded random streams. Apart because every stream is forked by name from the run's seed, so that one model's draws never shift another's. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { exp, log } from './exact-math.ts';

/** A random stream. All draws are the same on every machine for the same seed and label. */
export interface Random {
  /** An integer in `min..max`, both included. */
  int(min: number, max: number): number;
  /** A number in [0, 1), a multiple of 2^-30. */
  unit(): number;
  /** True with probability `ratio` (0..1). */
  chance(ratio: number): boolean;
  /** One element of a non-empty list. Throws a RangeError on an empty one. */
  pick<T>(list: readonly T[]): T;
  /** A copy of the list in random order. */
  shuffle<T>(list: readonly T[]): T[];
  /** A normal draw with mean 0 and deviation 1 (sum of 12 units: no tails beyond 6). */
  normal(): number;
  /** A log-normal draw with the given median and 95th percentile (same unit as they are, both > 0). */
  logNormal(p50: number, p95: number): number;
  /** How many of `trials` succeed with probability `ratio`: an integer in 0..trials. Normal approximation above 64 trials. */
  binomial(trials: number, ratio: number): number;
  /** An independent stream named by `label`; forking does not advance this one. */
  fork(label: string): Random;
}

/** Seeds are 1 to 16 hexadecimal digits. Throws a RangeError otherwise. */
export function createRandom(seed: string): Random {
  if (!/^[0-9a-f]{1,16}$/i.test(seed))
    throw new RangeError(`Expected a seed of 1 to 16 hexadecimal digits, got "${seed}"`);
  return stream(seed.toLowerCase().replace(/^0+(?=.)/, ''));
}

function stream(path: string): Random {
  const generator = xoroshiro128plus(hash32(path));
  const int = (min: number, max: number) => uniformInt(generator, min, max);
  const unit = () => int(0, 0x3fffffff) / 0x40000000;
  const normal = () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += unit();
    return sum;
  };
  return {
    int,
    unit,
    normal,
    chance: (ratio) => unit() < ratio,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('Expected a non-empty list to pick from');
      return list[int(0, list.length - 1)]!;
    },
    shuffle: (list) => {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(0, i);
        [copy[i], copy[j]] = [copy[j]!, copy[i]!];
      }
      return copy;
    },
    logNormal: (p50, p95) => p50 * exp((log(p95 / p50) / 1.6448536269514722) * normal()),
    binomial: (trials, ratio) => {
      if (trials <= 0 || ratio <= 0) return 0;
      if (ratio >= 1) return trials;
      if (trials <= 64) {
        let successes = 0;
        for (let i = 0; i < trials; i++) if (unit() < ratio) successes++;
        return successes;
      }
      const draw = Math.round(trials * ratio + Math.sqrt(trials * ratio * (1 - ratio)) * normal());
      return Math.min(trials, Math.max(0, draw));
    },
    fork: (label) => stream(`${path}/${label}`),
  };
}

/** 32-bit FNV-1a with a final mix. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
