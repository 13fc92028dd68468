import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';

const draws = (seed: string) => {
  const random = createRandom(seed);
  return Array.from({ length: 8 }, () => random.int(0, 1_000_000));
};

describe('random streams', () => {
  it('gives the same draws for the same seed, whatever its case or leading zeros', () => {
    expect(draws('7F3A')).toEqual(draws('007f3a'));
    expect(draws('7f3a')).not.toEqual(draws('7f3b'));
  });

  it('refuses what is not 1 to 16 hexadecimal digits', () => {
    for (const seed of ['', 'xyz', '12345678901234567', '-1']) expect(() => createRandom(seed)).toThrow(RangeError);
  });

  it('forks by name without moving the parent', () => {
    const a = createRandom('1');
    const b = createRandom('1');
    a.fork('etcd').int(0, 9);
    expect(a.int(0, 1e6)).toBe(b.int(0, 1e6));
    expect(a.fork('x').int(0, 1e9)).toBe(b.fork('x').int(0, 1e9));
    expect(a.fork('x').int(0, 1e9)).not.toBe(a.fork('y').int(0, 1e9));
  });

  it('draws log-normal values with the stated median and 95th percentile', () => {
    const random = createRandom('5');
    const values = Array.from({ length: 20_000 }, () => random.logNormal(4, 8)).sort((x, y) => x - y);
    expect(values[10_000]!).toBeGreaterThan(3.9);
    expect(values[10_000]!).toBeLessThan(4.1);
    expect(values[19_000]!).toBeGreaterThan(7.7);
    expect(values[19_000]!).toBeLessThan(8.3);
  });

  it('keeps binomial draws inside their range and near their mean', () => {
    const random = createRandom('6');
    for (const trials of [0, 1, 10, 64, 65, 100_000]) {
      const draw = random.binomial(trials, 0.3);
      expect(draw).toBeGreaterThanOrEqual(0);
      expect(draw).toBeLessThanOrEqual(trials);
    }
    expect(Math.abs(random.binomial(1_000_000, 0.3) - 300_000)).toBeLessThan(3_000);
    expect([random.binomial(5, 0), random.binomial(5, 1)]).toEqual([0, 5]);
  });
});
