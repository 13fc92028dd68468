import { describe, expect, it } from 'vitest';
import { createBalance } from '../../../../src/sim/models/traffic/balancing.ts';

const pods = (key: string, count: number, responseMs: number) => ({ key, pods: count, responseMs });
const late = (rule: Parameters<typeof createBalance>[0], classes: ReturnType<typeof pods>[], rps: number) => {
  const balance = createBalance(rule);
  let shares: number[] = [];
  for (let i = 0; i < 60; i++) shares = balance(classes, rps, i * 1000, i * 1000 + 1000);
  return shares;
};

describe('balancing', () => {
  it('gives every pod the same in turn or at random, whatever its speed', () => {
    for (const rule of ['round-robin', 'random'] as const)
      expect(late(rule, [pods('fast', 9, 20), pods('slow', 1, 200)], 1000)).toEqual([0.9, 0.1]);
  });

  it('starves a slow and a silent pod under least requests', () => {
    const [fast, slow, silent] = late(
      'least-requests',
      [pods('a', 8, 20), pods('b', 1, 200), pods('c', 1, 5000)],
      4000,
    );
    expect(slow! / (fast! / 8)).toBeLessThan(0.15);
    expect(silent! / (fast! / 8)).toBeLessThan(0.01);
  });

  it('sends more to a pod that refuses at once under least requests', () => {
    const [well, refusing] = late('least-requests', [pods('a', 9, 50), pods('b', 1, 1)], 2000);
    expect(refusing! / (well! / 9)).toBeGreaterThan(5);
  });

  it('breaks ties in turn at low load, so that least requests hardly differs from round robin there', () => {
    const [fast, slow] = late('least-requests', [pods('a', 9, 20), pods('b', 1, 200)], 1);
    expect(slow! / (fast! / 9)).toBeGreaterThan(0.95);
  });

  it('weighs by sum of averages less the own one, first after 30 s', () => {
    const balance = createBalance('weighted-response-time');
    const classes = [pods('fast', 3, 20), pods('slow', 1, 200)];
    expect(balance(classes, 100, 0, 1000)).toEqual([0.75, 0.25]);
    expect(balance(classes, 100, 29_999, 30_000)).toEqual([0.75, 0.25]);
    const weights = [3 * (260 - 20), 260 - 200];
    expect(balance(classes, 100, 30_000, 31_000)[1]).toBeCloseTo(weights[1]! / (weights[0]! + weights[1]!), 12);
  });
});
