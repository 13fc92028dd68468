import { expect, test } from 'vitest';
import { amplification } from '../../src/objectives/amplification.ts';
import { availability } from '../../src/objectives/availability.ts';
import { errorBudget } from '../../src/objectives/error-budget.ts';
import { latency } from '../../src/objectives/latency.ts';
import { ending, evaluate, fault, outage, told, traffic } from './timeline.ts';

test('availability counts failed and indeterminate requests against success', () => {
  const found = evaluate(availability({ of: 'orders', ratioMin: 0.99 }), [
    traffic(10_000, 110_000, { failed: { error: 100 }, indeterminate: 100 }),
  ]);
  expect(found).toMatchObject({
    standing: 'missed',
    received: '98 %',
    figures: { availabilityRatio: 0.98, failedRequests: 100 },
  });
  expect(found.because).toBe('10,000 asked, 100 failed, 100 with unknown outcome');
});

test('availability exactly at the bound is met', () => {
  const run = (error: number) => [traffic(10_000, 110_000, { failed: { error } })];
  expect(evaluate(availability({ of: 'orders', ratioMin: 0.99 }), run(100)).standing).toBe('met');
  expect(evaluate(availability({ of: 'orders', ratioMin: 0.99 }), run(101)).standing).toBe('missed');
});

test('requests that still wait do not count before they end', () => {
  const waiting = traffic(10_000, 110_000, { ok: 9_000, inFlight: 1_000 });
  expect(evaluate(availability({ of: 'orders', ratioMin: 1 }), [waiting]).standing).toBe('met');
});

test('what fails in the warm-up does not count', () => {
  const found = evaluate(availability({ of: 'orders', ratioMin: 1 }), [outage(0, 10_000), traffic(10_000, 120_000)]);
  expect(found).toMatchObject({ standing: 'met', received: '100 %' });
});

test('availability of one channel ignores the others', () => {
  const run = [traffic(10_000, 110_000), outage(10_000, 110_000, { channel: 'partner' })];
  expect(evaluate(availability({ of: 'orders', channel: 'app', ratioMin: 1 }), run).standing).toBe('met');
  expect(evaluate(availability({ of: 'orders', channel: 'partner', ratioMin: 0.5 }), run).standing).toBe('missed');
  expect(
    evaluate(availability({ of: 'orders', ratioMin: 1, excluding: { channels: ['partner'] } }), run).standing,
  ).toBe('met');
});

test('failures for a reason that is excluded do not count at all', () => {
  const run = [traffic(10_000, 110_000, { failed: { limited: 5_000 } })];
  const asked = availability({ of: 'orders', ratioMin: 1, excluding: { reasons: ['limited'] } });
  expect(evaluate(asked, run)).toMatchObject({ standing: 'met', figures: { failedRequests: 0 } });
});

test('availability during a state counts only its visits', () => {
  const story = [
    ...told([10_000, 'peak'], [30_000, 'broken'], [40_000, 'back']),
    ...ending(50_000, 'done', 'expected', 'back'),
  ];
  const run = [...story, traffic(10_000, 30_000), outage(30_000, 40_000), traffic(40_000, 120_000)];
  expect(evaluate(availability({ of: 'orders', ratioMin: 1, during: ['peak', 'back'] }), run).standing).toBe('met');
  expect(evaluate(availability({ of: 'orders', ratioMin: 0.1, during: 'broken' }), run)).toMatchObject({
    standing: 'missed',
    received: '0 %',
  });
});

test('a state that was never entered leaves its availability unknown', () => {
  const found = evaluate(availability({ of: 'orders', ratioMin: 0, during: 'broken' }), [traffic(10_000, 120_000)]);
  expect(found).toMatchObject({ standing: 'unknown', because: 'broken was never entered' });
});

test('availability after a fault leaves out what came before', () => {
  const run = [outage(10_000, 30_000), ...fault(30_000), traffic(30_000, 120_000)];
  expect(evaluate(availability({ of: 'orders', ratioMin: 1, after: 'kill' }), run).standing).toBe('met');
});

test('fewer than 20 requests are not a measurement', () => {
  const run = (asked: number) => [traffic(10_000, 120_000, { asked, ok: asked })];
  expect(evaluate(availability({ of: 'orders', ratioMin: 0 }), run(19)).standing).toBe('unknown');
  expect(evaluate(availability({ of: 'orders', ratioMin: 1 }), run(20)).standing).toBe('met');
  expect(evaluate(availability({ of: 'orders', ratioMin: 0 }), []).standing).toBe('unknown');
});

test('an availability above 1 is refused', () => {
  expect(() => availability({ of: 'orders', ratioMin: 99.9 })).toThrow(
    /`ratioMin` to be a ratio from 0 to 1, got `99.9`/,
  );
});

test('latency is the nearest rank over all stretches, and exact at the bound', () => {
  const run = (slow: number) => [
    traffic(10_000, 20_000, {
      latency: [
        [40, 1_000 - slow],
        [300, slow],
      ],
    }),
  ];
  const asked = latency({ of: 'orders', p99MsMax: 250 });
  expect(evaluate(asked, run(10))).toMatchObject({ standing: 'met', received: '40 ms' });
  expect(evaluate(asked, run(11))).toMatchObject({ standing: 'missed', received: '300 ms', figures: { p50Ms: 40 } });
  expect(evaluate(latency({ of: 'orders', p99MsMax: 300 }), run(11)).standing).toBe('met');
});

test('another quantile can be asked for by name', () => {
  const asked = latency({ of: 'orders', quantile: 0.5, msMax: 40 });
  expect(asked.name).toBe('p50 of orders');
  expect(evaluate(asked, [traffic(10_000, 20_000)]).standing).toBe('met');
});

test('latency without successes is unknown', () => {
  expect(evaluate(latency({ of: 'orders', p99MsMax: 250 }), [outage(10_000, 20_000)]).standing).toBe('unknown');
});

test('amplification is tries per request', () => {
  const run = [traffic(10_000, 20_000, { retries: 500 })];
  expect(evaluate(amplification({ of: 'orders', triesPerRequestMax: 1.5 }), run)).toMatchObject({
    standing: 'met',
    received: '1.50 tries',
  });
  expect(evaluate(amplification({ of: 'orders', triesPerRequestMax: 1.4 }), run).standing).toBe('missed');
  expect(evaluate(amplification({ of: 'orders', triesPerRequestMax: 1.4 }), []).standing).toBe('unknown');
  expect(() => amplification({ of: 'orders', triesPerRequestMax: 0.5 })).toThrow(/1 or more/);
});

test('the error budget that a run used is its burn rate times its share of 30 days', () => {
  const run = [traffic(10_000, 120_000, { asked: 11_000, failed: { error: 110 } })];
  const share = (10 * 110_000) / (30 * 24 * 3_600_000);
  const found = evaluate(errorBudget({ of: 'orders', target: 0.999, ratioMax: share * 1.001 }), run);
  expect(found.standing).toBe('met');
  expect(found.figures.burnRate).toBeCloseTo(10);
  expect(found.figures.budgetShare).toBeCloseTo(share);
  expect(evaluate(errorBudget({ of: 'orders', target: 0.999, ratioMax: share * 0.999 }), run).standing).toBe('missed');
  expect(evaluate(errorBudget({ of: 'orders', target: 0.999, ratioMax: 1 }), []).standing).toBe('unknown');
  expect(() => errorBudget({ of: 'orders', target: 1, ratioMax: 1 })).toThrow(/no budget/);
});
