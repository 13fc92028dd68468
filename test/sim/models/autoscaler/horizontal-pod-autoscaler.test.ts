import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Autoscaler, ScalingRules } from '../../../../src/domain/autoscaler.ts';
import { decideReplicas, type PassInput } from '../../../../src/sim/models/autoscaler/horizontal-pod-autoscaler.ts';
import type { ScaledPod } from '../../../../src/sim/models/autoscaler/metric-proposal.ts';
import { type ScalingHistory, startHistory } from '../../../../src/sim/models/autoscaler/scaling-rules.ts';

const nowMs = 1_000_000;
const up: ScalingRules = {
  stabilizationMs: 0,
  select: 'Max',
  policies: [
    { kind: 'Percent', value: 100, periodMs: 15_000 },
    { kind: 'Pods', value: 4, periodMs: 15_000 },
  ],
  toleranceRatio: 0.1,
};
const down: ScalingRules = {
  stabilizationMs: 300_000,
  select: 'Max',
  policies: [{ kind: 'Percent', value: 100, periodMs: 15_000 }],
  toleranceRatio: 0.1,
};
const spec: Autoscaler = {
  name: 'orders',
  namespace: 'shop',
  workload: 'orders',
  replicasMin: 1,
  replicasMax: 100,
  metrics: [{ kind: 'cpu-utilisation', targetRatio: 0.5 }],
  scaleUp: up,
  scaleDown: down,
};
const perPod = { kind: 'per-pod', metric: 'orders_per_second', target: 50 } as const;

/** Pods of a row: CPU cores or rate, `missing`, or `pending`; ready and old unless told otherwise. */
type Row = number | 'missing' | 'pending' | { readonly value: number; readonly pod: Partial<ScaledPod> };

function pass(rows: readonly Row[], changes: Partial<Omit<PassInput, 'spec'>> & { spec?: Partial<Autoscaler> } = {}) {
  const pods: ScaledPod[] = rows.map((row, i) => ({
    uid: i,
    gone: false,
    pending: row === 'pending',
    ready: row !== 'pending',
    startedMs: 0,
    readyChangedMs: 2_000,
    ...(typeof row === 'object' ? row.pod : {}),
  }));
  const samples = new Map(
    rows.flatMap((row, i) => {
      const value = typeof row === 'object' ? row.value : row;
      return typeof value === 'number' ? [[i, { value, atMs: nowMs - 5_000, windowMs: 15_000 }] as const] : [];
    }),
  );
  const whole = { ...spec, ...changes.spec };
  return decideReplicas({
    nowMs,
    replicas: rows.length,
    pods,
    requestCores: 1,
    readings: whole.metrics.map((metric) => ({ metric, samples })),
    history: { recommendations: [], events: [] },
    ...changes,
    spec: whole,
  });
}
const rate = { spec: { metrics: [perPod] } };
const many = (count: number, row: Row) => Array.from({ length: count }, () => row);
const young = { startedMs: nowMs - 60_000, readyChangedMs: nowMs - 10_000 };

describe('worked examples', () => {
  it.each([
    ['twice the target doubles', many(3, 1), {}, 6],
    ['inside the tolerance of 10 % nothing changes', many(3, 0.55), {}, 3],
    ['just outside the tolerance one more', many(3, 0.56), {}, 4],
    ['whole per cents, cut off: 55.9 % is 55 %', many(3, 0.559), {}, 3],
    ['half the target halves', many(4, 0.25), {}, 2],
    ['a mean over pods decides, not the busiest', [1, 0.5, 0.3, 0.2], {}, 4],
    ['a missing sample counts as idle against growth', [1, 1, 'missing'], {}, 4],
    ['and that alone may stop growth', [0.7, 0.7, 'missing'], {}, 3],
    ['idle missing pods that turn growth into shrinking: no change', [0.7, 'missing', 'missing', 'missing'], {}, 4],
    ['a missing sample counts as the whole request against shrinking', [0.1, 0.1, 0.1, 'missing'], {}, 3],
    ['and that alone may stop shrinking', [0.3, 0.3, 'missing'], {}, 3],
    ['pending pods count as idle against growth', [1, 1, 'pending', 'pending'], {}, 4],
    ['pending pods do not hinder shrinking', [0.1, 0.1, 0.1, 'pending'], {}, 1],
    ['a young pod is unready until its sample lies a window after Ready', [1, 1, { value: 1, pod: young }], {}, 4],
    [
      'a young pod with a late enough sample counts',
      [1, 1, { value: 1, pod: { ...young, readyChangedMs: nowMs - 30_000 } }],
      {},
      6,
    ],
    [
      'an old pod that lost Ready still counts',
      [1, 1, { value: 1, pod: { ready: false, readyChangedMs: 900_000 } }],
      {},
      6,
    ],
    [
      'an old pod that was never ready does not',
      [1, 1, { value: 1, pod: { ready: false, readyChangedMs: 20_000 } }],
      {},
      4,
    ],
    ['terminating pods are ignored', [1, 1, { value: 0, pod: { gone: true } }], { replicas: 2 }, 4],
    ['without a request for CPU nothing changes', many(3, 1), { requestCores: 0 }, 3],
    ['without any sample nothing changes', many(3, 'missing'), {}, 3],
    ['a business metric: 120 a second over a target of 50', many(4, 120), rate, 8],
    ['a business metric goes to what is needed when policies let it', many(4, 90), rate, 8],
    ['a business metric does not wait for young pods', [100, 100, { value: 100, pod: young }], rate, 6],
    [
      'the greatest of several metrics wins',
      many(4, 60),
      { spec: { metrics: [{ kind: 'per-pod', metric: 'a', target: 60 }, perPod] } },
      5,
    ],
    ['from 1 by +4', many(1, 5_000), rate, 5],
    ['from 10 by +100 %', many(10, 5_000), rate, 20],
    ['the maximum bounds', many(10, 5_000), { spec: { metrics: [perPod], replicasMax: 12 } }, 12],
    ['the minimum bounds', many(10, 0), { spec: { metrics: [perPod], replicasMin: 4 } }, 4],
    ['above the maximum goes down at once', many(10, 5_000), { spec: { replicasMax: 6 } }, 6],
    ['below the minimum goes up at once', many(2, 0), { spec: { replicasMin: 30 } }, 30],
    ['0 replicas is switched off', [], {}, 0],
    [
      'a tolerance per direction',
      many(10, 60),
      { spec: { metrics: [perPod], scaleUp: { ...up, toleranceRatio: 0.25 } } },
      10,
    ],
    ['growth disabled', many(3, 5_000), { spec: { metrics: [perPod], scaleUp: { ...up, select: 'Disabled' } } }, 3],
    ['shrinking disabled', many(3, 0.1), { spec: { scaleDown: { ...down, select: 'Disabled' } } }, 3],
    [
      'the smaller policy on growth',
      many(10, 5_000),
      { spec: { metrics: [perPod], scaleUp: { ...up, select: 'Min' } } },
      14,
    ],
  ] as [string, Row[], Parameters<typeof pass>[1], number][])('%s', (_, rows, changes, expected) => {
    expect(pass(rows, changes).replicas).toBe(expected);
  });

  it('one invalid metric of two: growth is believed, shrinking is not', () => {
    const metrics = [perPod, { kind: 'cpu-utilisation', targetRatio: 0.5 }] as const;
    expect(pass(many(4, 120), { spec: { metrics }, requestCores: 0 }).replicas).toBe(8);
    expect(pass(many(4, 1), { spec: { metrics }, requestCores: 0 })).toMatchObject({ replicas: 4, failed: true });
  });

  it('limited means: wants more than the maximum', () => {
    expect(pass(many(10, 5_000), { spec: { metrics: [perPod], replicasMax: 12 } }).limited).toBe(true);
    expect(pass(many(10, 5_000), { spec: { metrics: [perPod], replicasMax: 10 } }).limited).toBe(true);
    expect(pass(many(10, 5_000), { spec: { metrics: [perPod], replicasMax: 5_000 } }).limited).toBe(false);
    expect(pass(many(10, 60), { spec: { metrics: [perPod], replicasMax: 12 } }).limited).toBe(false);
  });
});

describe('windows and policies over time', () => {
  /** Passes every 15 s with the load (requests a second over all pods) of each; gives the sizes. */
  function sizes(loads: readonly number[], from: number, changes: Partial<Autoscaler> = {}): number[] {
    let history: ScalingHistory = startHistory(nowMs, from);
    let replicas = from;
    return loads.map((load, i) => {
      const each = load / replicas;
      const pods = many(replicas, each).map((_, uid) => ({
        uid,
        gone: false,
        pending: false,
        ready: true,
        startedMs: 0,
        readyChangedMs: 0,
      }));
      const samples = new Map(pods.map((pod) => [pod.uid, { value: each, atMs: nowMs, windowMs: 15_000 }]));
      const whole = { ...spec, metrics: [perPod], ...changes };
      const result = decideReplicas({
        nowMs: nowMs + (i + 1) * 15_000,
        spec: whole,
        replicas,
        pods,
        requestCores: 1,
        readings: [{ metric: perPod, samples }],
        history,
      });
      history = result.history;
      replicas = result.replicas;
      return replicas;
    });
  }

  it('a step to 20 times grows by doublings', () => {
    expect(sizes(many(6, 2_000) as number[], 2)).toEqual([6, 12, 24, 40, 40, 40]);
  });

  it('shrinks only after the highest proposal of five minutes has passed', () => {
    const run = sizes([1_000, ...(many(24, 100) as number[])], 20);
    expect(run.slice(0, 20)).toEqual(many(20, 20));
    expect(run.slice(20)).toEqual(many(5, 2));
  });

  it('a dip inside the window leaves no trace', () => {
    const loads = Array.from({ length: 40 }, (_, i) => (i % 10 < 5 ? 1_000 : 200));
    expect(new Set(sizes(loads, 20))).toEqual(new Set([20]));
  });

  it('an up window takes the least proposal of its time', () => {
    const scaleUp = { ...up, stabilizationMs: 60_000 };
    expect(sizes(many(6, 400) as number[], 4, { scaleUp })).toEqual([4, 4, 4, 8, 8, 8]);
  });

  it('a policy of 2 pods a minute counts the changes of the last minute', () => {
    const scaleUp = { ...up, policies: [{ kind: 'Pods', value: 2, periodMs: 60_000 }] } as ScalingRules;
    expect(sizes(many(9, 2_000) as number[], 2, { scaleUp })).toEqual([4, 4, 4, 4, 6, 6, 6, 6, 8]);
  });

  it('a policy of 10 % down a minute rounds towards more pods gone', () => {
    const scaleDown = {
      ...down,
      stabilizationMs: 0,
      policies: [{ kind: 'Percent', value: 10, periodMs: 60_000 }],
    } as ScalingRules;
    expect(sizes(many(6, 0) as number[], 35, { scaleDown })).toEqual([31, 31, 31, 31, 27, 27]);
  });
});

describe('laws', () => {
  const rules = fc.record({
    stabilizationMs: fc.integer({ min: 0, max: 60_000 }),
    select: fc.constantFrom('Max' as const, 'Min' as const, 'Disabled' as const),
    toleranceRatio: fc.double({ min: 0, max: 0.5, noNaN: true }),
    policies: fc.array(
      fc.record({
        kind: fc.constantFrom('Pods' as const, 'Percent' as const),
        value: fc.integer({ min: 1, max: 200 }),
        periodMs: fc.integer({ min: 1_000, max: 120_000 }),
      }),
      { maxLength: 3 },
    ),
  });
  const row = fc.oneof(
    fc.double({ min: 0, max: 500, noNaN: true }),
    fc.constantFrom('missing' as const, 'pending' as const),
  );

  it('the size stays inside the bounds and never moves against its direction rule', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), rules, rules, (rows, scaleUp, scaleDown) => {
        const { replicas } = pass(rows, { spec: { metrics: [perPod], scaleUp, scaleDown, replicasMax: 40 } });
        expect(replicas).toBeGreaterThanOrEqual(1);
        expect(replicas).toBeLessThanOrEqual(40);
        expect(Number.isInteger(replicas)).toBe(true);
        if (scaleUp.select === 'Disabled') expect(replicas).toBeLessThanOrEqual(rows.length);
        if (scaleDown.select === 'Disabled') expect(replicas).toBeGreaterThanOrEqual(rows.length);
      }),
    );
  });

  it('more load never asks for fewer replicas', () => {
    const loads = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(loads, fc.double({ min: 1, max: 5, noNaN: true }), (rows, factor) => {
        const free = { ...up, policies: [] };
        const wide = { spec: { metrics: [perPod], scaleUp: free, replicasMax: 1_000 } };
        const more = pass(
          rows.map((value) => value * factor),
          wide,
        ).replicas;
        expect(more).toBeGreaterThanOrEqual(pass(rows, wide).replicas);
      }),
    );
  });
});
