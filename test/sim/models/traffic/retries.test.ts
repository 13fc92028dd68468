import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryShare, triesPerCall, withRetries } from '../../../../src/sim/models/traffic/retries.ts';

const attempt = (ok: number, refused: number, late: number) => ({
  ok,
  failed: refused > 0 ? { refused } : {},
  late,
  silent: 1 - ok - refused - late,
  meanMs: 10,
  modes: [{ weight: 1, meanMs: 10, varianceMs2: 4 }],
});

describe('retries', () => {
  it('multiply the load of a service that fails', () => {
    expect(triesPerCall(1, { retries: 3 })).toBe(4);
    expect(triesPerCall(0.5, { retries: 2 })).toBe(1.75);
    expect(triesPerCall(0.5, { retries: 0 })).toBe(1);
  });

  it('stay inside their budget', () => {
    expect(triesPerCall(1, { retries: 3, retryBudgetRatio: 0.1 })).toBeCloseTo(1.1, 6);
    expect(triesPerCall(0.05, { retries: 3, retryBudgetRatio: 0.1 })).toBeCloseTo(1.0526, 4);
    expect(retryShare(1, { retries: 3, retryBudgetRatio: 0 })).toBeCloseTo(0, 6);
  });

  it('turn independent failures into successes', () => {
    const call = withRetries(attempt(0.9, 0.1, 0), { retries: 1 });
    expect(call.ok).toBeCloseTo(0.99, 12);
    expect(call.failed.refused).toBeCloseTo(0.01, 12);
  });

  it('leave the outcome open when any try timed out and none succeeded', () => {
    const call = withRetries(attempt(0, 0.5, 0.5), { retries: 1 });
    expect(call.failed.refused).toBeCloseTo(0.25, 12);
    expect(call.late).toBeCloseTo(0.75, 12);
  });

  it('lose no call, whatever fails and however they are bounded', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100)),
        fc.integer({ min: 0, max: 40 }),
        fc.option(fc.double({ min: 0, max: 2, noNaN: true }), { nil: undefined }),
        ([a, b, c, d], retries, budget) => {
          const all = a + b + c + d || 1;
          const given = attempt((a || (all === 1 ? 1 : 0)) / all, b / all, c / all);
          const call = withRetries(given, { retries, ...(budget === undefined ? {} : { retryBudgetRatio: budget }) });
          const total = call.ok + (call.failed.refused ?? 0) + call.late + call.silent;
          expect(total).toBeCloseTo(1, 6);
          for (const share of [call.ok, call.late, call.silent]) expect(share).toBeGreaterThanOrEqual(-1e-9);
        },
      ),
      { seed: 3 },
    );
  });
});
