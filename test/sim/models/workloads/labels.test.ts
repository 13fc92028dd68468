import { describe, expect, it } from 'vitest';
import type { Toleration } from '../../../../src/domain/topology.ts';
import { borneMs, matchesSelector, tolerates } from '../../../../src/sim/models/workloads/labels.ts';

const selector = (
  key: string,
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
  values: readonly string[] = [],
) => ({
  labels: {},
  expressions: [{ key, operator, values }],
});
const toleration = (wish: Partial<Toleration>): Toleration => ({
  key: '',
  operator: 'Exists',
  value: '',
  effect: '',
  ...wish,
});
const unreachable = { key: 'node.kubernetes.io/unreachable', value: '', effect: 'NoExecute' } as const;

describe('selectors', () => {
  it('need every label and every expression', () => {
    const labels = { app: 'orders', tier: 'web' };
    expect(matchesSelector({ labels: { app: 'orders' }, expressions: [] }, labels)).toBe(true);
    expect(matchesSelector({ labels: { app: 'stock' }, expressions: [] }, labels)).toBe(false);
    expect(matchesSelector({ labels: {}, expressions: [] }, {})).toBe(true);
    expect(matchesSelector(selector('tier', 'In', ['web', 'db']), labels)).toBe(true);
    expect(matchesSelector(selector('tier', 'NotIn', ['web']), labels)).toBe(false);
    expect(matchesSelector(selector('zone', 'NotIn', ['a']), labels)).toBe(true);
    expect(matchesSelector(selector('zone', 'Exists'), labels)).toBe(false);
    expect(matchesSelector(selector('zone', 'DoesNotExist'), labels)).toBe(true);
  });
});

describe('tolerations', () => {
  it('match by key, value and effect, where empty means any', () => {
    expect(tolerates([toleration({})], unreachable)).toBe(true);
    expect(tolerates([toleration({ effect: 'NoSchedule' })], unreachable)).toBe(false);
    expect(tolerates([toleration({ key: 'gpu' })], unreachable)).toBe(false);
    const gpu = { key: 'gpu', value: 'a100', effect: 'NoSchedule' } as const;
    expect(tolerates([toleration({ key: 'gpu', operator: 'Equal', value: 'a100' })], gpu)).toBe(true);
    expect(tolerates([toleration({ key: 'gpu', operator: 'Equal', value: 'h100' })], gpu)).toBe(false);
  });

  it('bear a taint for the shortest of their times, for ever without one, not at all without a match', () => {
    expect(borneMs([], unreachable)).toBe(0);
    expect(borneMs([toleration({})], unreachable)).toBe(Number.POSITIVE_INFINITY);
    expect(borneMs([toleration({}), toleration({ seconds: 60 }), toleration({ seconds: 30 })], unreachable)).toBe(
      30_000,
    );
  });
});
