import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../../src/sim/model.ts';
import { createPodMetrics } from '../../../../src/sim/models/autoscaler/pod-metrics.ts';

const cpu = { kind: 'cpu-utilisation', targetRatio: 0.5 } as const;
const rate = { kind: 'per-pod', metric: 'orders_per_second', target: 50 } as const;
const pod = (uid: number, more: Partial<Pod> = {}) =>
  ({
    uid,
    site: 'east',
    workload: 'orders',
    ready: true,
    acceptedMs: 0,
    startedMs: 0,
    deletedMs: undefined,
    truth: 'serving',
    ...more,
  }) as Pod;

describe('pod metrics', () => {
  it('a pod has its first sample at its second scrape', () => {
    const metrics = createPodMetrics({ cpuCores: () => 0.3, servedRps: () => 100, classOf: () => 'one' });
    metrics.scrape(60_000, [
      pod(1),
      pod(2, { startedMs: 45_000 }),
      pod(3, { startedMs: 45_001 }),
      pod(4, { startedMs: undefined }),
    ]);
    expect([...metrics.samples(cpu).keys()]).toEqual([1, 2]);
    expect(metrics.samples(cpu).get(1)).toMatchObject({ value: 0.3, atMs: 60_000, windowMs: 15_000 });
  });

  it('a business metric is the served rate shared by ready pods, and 0 for the others', () => {
    const metrics = createPodMetrics({ cpuCores: () => 0, servedRps: () => 100, classOf: () => 'one' });
    metrics.scrape(60_000, [pod(1), pod(2, { ready: false }), pod(3)]);
    expect([...metrics.samples(rate)].map(([uid, sample]) => [uid, sample.value])).toEqual([
      [1, 50],
      [2, 0],
      [3, 50],
    ]);
  });

  it('a silent pod has no sample, and a scrape forgets the one before', () => {
    const metrics = createPodMetrics({ cpuCores: () => 0, servedRps: () => 100, classOf: () => 'one' });
    metrics.scrape(60_000, [pod(1)]);
    metrics.scrape(75_000, [pod(1, { truth: 'silent' })]);
    expect(metrics.samples(cpu).size).toBe(0);
    metrics.scrape(90_000, []);
    expect(metrics.samples(rate).size).toBe(0);
  });
});
