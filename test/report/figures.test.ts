import { expect, test } from 'vitest';
import { differences, diffRecords, unlikeness } from '../../src/report/diff.ts';
import { distributionsOf } from '../../src/report/distribution.ts';
import { figureText, timesWorse } from '../../src/report/figures.ts';
import { literalRecord, literalVerdict } from './literal-record.ts';

test('which way is worse follows from the name', () => {
  expect(timesWorse('recoveryMs', 1_000, 2_000)).toBe(2);
  expect(timesWorse('servedRps', 1_000, 500)).toBe(2);
  expect(timesWorse('budgetUsedRatio', 0.1, 0.2)).toBe(2);
});

test('a ratio of success is compared by what is missing to 1', () => {
  expect(timesWorse('successRatio', 0.999, 0.99)).toBeCloseTo(10);
  expect(timesWorse('successRatio', 1, 1)).toBe(1);
});

test('from nothing to something is infinitely worse, from nothing to nothing the same', () => {
  expect(timesWorse('lostOrders', 0, 1)).toBe(Number.POSITIVE_INFINITY);
  expect(timesWorse('lostOrders', 0, 0)).toBe(1);
  expect(timesWorse('lostOrders', 3, 0)).toBe(0);
});

test('what only says how much was looked at has no direction', () => {
  expect(timesWorse('acknowledgedOrders', 10, 1_000)).toBeUndefined();
  expect(timesWorse('leastReplicas', 4, 2)).toBe(2);
  expect(timesWorse('unservedShare', 0.1, 0.2)).toBe(2);
});

test('figures are written with the unit that their name carries', () => {
  expect(figureText('recoveryMs', 2_100)).toBe('2.1 s');
  expect(figureText('p99Ms', 42)).toBe('42 ms');
  expect(figureText('successRatio', 0.9995)).toBe('99.95 %');
  expect(figureText('servedRps', 1_000)).toBe('1,000/s');
  expect(figureText('lostOrders', 131_220)).toBe('131,220');
});

const withFigure = (recoveryMs: number, seed = '1') =>
  literalRecord({ seed, verdicts: [literalVerdict({ figures: { recoveryMs } })] });

test('the gate closes just above the ratio and not on it', () => {
  expect(diffRecords(withFigure(1_000), withFigure(1_200), 1.2).worse).toBe(false);
  expect(diffRecords(withFigure(1_000), withFigure(1_201), 1.2).worse).toBe(true);
  expect(diffRecords(withFigure(1_000), withFigure(10), 1.2).worse).toBe(false);
});

test('a figure that is new or gone is told and does not close the gate', () => {
  const without = literalRecord({ verdicts: [literalVerdict({ figures: {} })] });
  expect(diffRecords(without, withFigure(5), 1.2)).toMatchObject({ worse: false, figures: [{ now: 5 }] });
  expect(diffRecords(withFigure(5), without, 1.2)).toMatchObject({ worse: false, figures: [{ before: 5 }] });
});

test('an objective that fell or is gone closes the gate, a new one does not', () => {
  const missed = literalRecord({ verdicts: [literalVerdict({ standing: 'missed' })] });
  const none = literalRecord({ verdicts: [] });
  expect(diffRecords(literalRecord(), missed, 9).worse).toBe(true);
  expect(diffRecords(missed, literalRecord(), 9).worse).toBe(false);
  expect(diffRecords(literalRecord(), none, 9).worse).toBe(true);
  expect(diffRecords(none, missed, 9).worse).toBe(false);
});

test('unlike runs are told by what differs, alike ones are not', () => {
  const other = literalRecord({
    scale: 0.5,
    platform: { name: 'kind', versions: {} },
    options: { faultsInjected: false, duds: ['x'] },
  });
  expect(unlikeness(literalRecord(), other).map((text) => text.split(':')[0])).toEqual([
    'platform',
    'scale',
    'faults',
    'duds',
  ]);
  expect(unlikeness(literalRecord(), literalRecord({ seed: '2' }))).toEqual([]);
  expect(differences(literalRecord(), literalRecord({ seed: '2' }))).toEqual(['seeds 7f3a and 2']);
});

test('percentiles are values that occurred, and the worst seed is that of the figure', () => {
  const runs = Array.from({ length: 100 }, (_, i) => ({
    seed: (i + 1).toString(16),
    figures: [
      { objective: 'o', name: 'recoveryMs', value: i + 1 },
      { objective: 'o', name: 'servedRps', value: i + 1 },
    ],
  }));
  expect(distributionsOf(runs)).toEqual([
    { objective: 'o', name: 'recoveryMs', count: 100, min: 1, p50: 50, p95: 95, max: 100, worstSeed: '64' },
    { objective: 'o', name: 'servedRps', count: 100, min: 1, p50: 50, p95: 95, max: 100, worstSeed: '1' },
  ]);
  expect(distributionsOf([])).toEqual([]);
});
