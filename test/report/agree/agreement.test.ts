import { expect, test } from 'vitest';
import { agreementPage } from '../../../src/compose/catalogue-docs/agreement-page.ts';
import type { Verdict } from '../../../src/domain/objective.ts';
import type { RunRecord } from '../../../src/domain/record.ts';
import { agreementOf, isWorseThan } from '../../../src/report/agree/agreement.ts';
import { agreementLines } from '../../../src/report/console/agreement.ts';
import { createColours } from '../../../src/report/console/colours.ts';
import { literalRecord, literalVerdict } from '../literal-record.ts';

const real = { name: 'elsewhere', versions: {} };

function runOf(seed: string, recoveryMs: number, over: Partial<RunRecord> = {}, verdict: Partial<Verdict> = {}) {
  const runId = `${over.platform?.name ?? 'simulated'}-${seed}`;
  return literalRecord({ runId, seed, verdicts: [literalVerdict({ figures: { recoveryMs }, ...verdict })], ...over });
}

test('medians and 95th percentiles of both sides stand beside each other', () => {
  const model = ['1', '2', '3', '4', '5'].map((seed, i) => runOf(seed, 2_000 + i * 100));
  const others = ['1', '2', '3', '4', '5'].map((seed, i) => runOf(seed, 2_500 + i * 1_000, { platform: real }));
  const { scenarios, sum, unpaired } = agreementOf(model, others);
  expect(unpaired).toEqual([]);
  expect(scenarios).toMatchObject([{ scenario: 'leader', modelRuns: 5, realRuns: 5, few: false }]);
  expect(scenarios[0]?.figures).toMatchObject([
    { model: { count: 5, p50: 2_200, p95: 2_400 }, real: { p50: 4_500, p95: 6_500 }, warm: false },
  ]);
  expect(sum).toMatchObject({ sized: 1, alike: 0, oneSided: 0 });
  expect(sum.medianErrorRatio).toBeCloseTo(2_300 / 4_500);
});

test('runs pair by seed and by every condition, and one that stands alone says why', () => {
  const model = [runOf('1', 1), runOf('2', 1), runOf('3', 1), runOf('4', 1)];
  const calibration = { sha256: 'b'.repeat(64), hostTermsMs: {} };
  const others = [
    runOf('1', 1, { platform: real }),
    runOf('2', 1, { platform: real, scale: 0.1 }),
    runOf('3', 1, { platform: real, calibration }),
    runOf('4', 1, { platform: real, how: 'aborted' }),
    runOf('5', 1, { platform: real }),
  ];
  const { scenarios, unpaired } = agreementOf(model, others);
  expect(scenarios).toMatchObject([{ modelRuns: 1, realRuns: 1, few: true }]);
  const why = Object.fromEntries(unpaired.map((each) => [each.runId, each.because]));
  expect(why).toMatchObject({
    'elsewhere-2': 'scale: 0.1 and 1',
    'elsewhere-3': `calibration: ${'b'.repeat(12)} and none`,
    'elsewhere-4': 'the run did not end in order (aborted)',
    'elsewhere-5': 'the other side has no run of seed 5',
    'simulated-4': 'its counterpart did not end in order',
  });
});

test('several real runs of one seed share one run of the model', () => {
  const others = [runOf('1', 3_000, { platform: real }), runOf('1', 5_000, { platform: real })];
  expect(agreementOf([runOf('1', 2_000)], others).scenarios).toMatchObject([{ modelRuns: 1, realRuns: 2 }]);
});

test('a warm figure is never put beside a fresh one', () => {
  const { scenarios, sum } = agreementOf([runOf('1', 2_000)], [runOf('1', 20_000, { platform: real }, { warm: true })]);
  expect(scenarios[0]?.figures.map(({ warm, comparison }) => [warm, comparison])).toEqual([
    [false, undefined],
    [true, undefined],
  ]);
  expect(sum).toEqual({ sized: 0, alike: 0, oneSided: 2 });
});

test('what stood in doubt is no measurement', () => {
  const doubted = runOf('1', 9_000, { platform: real }, { standing: 'unknown' });
  expect(agreementOf([runOf('1', 2_000)], [doubted]).sum).toEqual({ sized: 0, alike: 0, oneSided: 1 });
});

test('the median is over figures that have a size: what is alike by rule does not sweeten it', () => {
  const figures = (recoveryMs: number) => ({ figures: { recoveryMs, lostOrders: 0, failingMs: 100 } });
  const { sum } = agreementOf([runOf('1', 0, {}, figures(1_500))], [runOf('1', 0, { platform: real }, figures(3_000))]);
  expect(sum).toEqual({ medianErrorRatio: 0.5, sized: 1, alike: 2, oneSided: 0 });
});

test('the gate closes just above what was asked, and on a comparison of nothing', () => {
  const at = (realMs: number) => agreementOf([runOf('1', 12_000)], [runOf('1', realMs, { platform: real })]);
  expect(isWorseThan(at(10_000), 0.2)).toBe(false);
  expect(isWorseThan(at(9_999), 0.2)).toBe(true);
  expect(isWorseThan(agreementOf([], []), 0.2)).toBe(true);
  const alike = agreementOf([runOf('1', 100)], [runOf('1', 200, { platform: real })]);
  expect(isWorseThan(alike, 0.2)).toBe(false);
});

test('the console marks few runs and names what has no counterpart', () => {
  const agreement = agreementOf(
    [runOf('1', 12_000), runOf('2', 1)],
    [runOf('1', 10_000, { platform: real, verdicts: [literalVerdict({ figures: { recoveryMs: 10_000 } })] })],
  );
  const text = agreementLines(agreement, { colours: createColours(false), withinRatio: 0.1 }).join('\n');
  expect(text).toContain('1 real run, 1 of the model; fewer than 5 real runs');
  expect(text).toMatch(/recovery of api\.write +recoveryMs +12 s +12 s +10 s +10 s +1\.20 +20 %/);
  expect(text).toContain('Without counterpart: simulated-2 (simulated): the other side has no run of seed 2');
  expect(text).toContain('Median error 20 % over 1 figure.');
});

test('the page is there only when there is something to say', () => {
  expect(agreementPage([])).toBeUndefined();
  expect(agreementPage([runOf('1', 1)])).toBeUndefined();
  const page = agreementPage([runOf('1', 12_000), runOf('1', 10_000, { platform: real })]);
  expect(page).toContain('**Median error 20 % over 1 figure.** Real runs were made on: 2 cores, 8 GiB.');
  expect(page).toContain('| recovery of api.write | recoveryMs | 12 s | 12 s | 10 s | 10 s | 1.20 | 20 % |');
});
