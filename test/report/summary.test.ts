import { expect, test } from 'vitest';
import { createColours } from '../../src/report/console/colours.ts';
import { overviewLines } from '../../src/report/console/overview.ts';
import { sumLine, summaryLines } from '../../src/report/console/summary.ts';
import { literalRecord, literalVerdict } from './literal-record.ts';

const colours = createColours(false);

const availability = literalVerdict({
  objective: 'availability of orders',
  expected: '≥ 99.9 %',
  received: '100 %',
  because: '131,220 asked, 0 failed',
  figures: { budgetUsedRatio: 0.0123 },
});

test('the end of a met run: aligned table, sum, record, repeat', () => {
  const record = literalRecord({ verdicts: [literalVerdict(), availability] });
  expect(summaryLines(record, { colours, recordPath: 'reports/x/record.json' })).toEqual([
    '   Objective                  Expected   Received',
    '   ✓ recovery of api.write    ≤ 15 s     2.1 s      failing 5:00.0 to 5:02.1, then steady for 10 s',
    '   ✓ availability of orders   ≥ 99.9 %   100 %      131,220 asked, 0 failed',
    '',
    'MET 2 of 2 · error budget used 0.02 % of 30 days · 9 min 12 s of platform time in 0.4 s',
    'Record  reports/x/record.json',
    'Repeat  elevenproof run leader --seed 7f3a',
  ]);
});

test('missed and unknown have marks of their own and are counted', () => {
  const record = literalRecord({
    standing: 'missed',
    verdicts: [
      literalVerdict({ standing: 'missed', received: '> 30 s' }),
      literalVerdict({ standing: 'unknown', received: 'not exercised' }),
      availability,
    ],
  });
  const lines = summaryLines(record, { colours });
  expect(lines[1]).toContain('✗ recovery');
  expect(lines[2]).toContain('? recovery');
  expect(lines).toContain(
    'MISSED 1 of 3 · 1 unknown · 1 met · error budget used 0.02 % of 30 days · 9 min 12 s of platform time in 0.4 s',
  );
});

test('a reason that is too long is wrapped below itself and no line is wider than the terminal', () => {
  const because = 'a reason that goes on for much longer than any terminal is wide, with evidence and windows and all';
  const lines = summaryLines(literalRecord({ verdicts: [literalVerdict({ because })] }), { colours, width: 80 });
  const table = lines.slice(0, lines.indexOf(''));
  expect(table.length).toBeGreaterThan(2);
  for (const line of table) expect(line.length).toBeLessThanOrEqual(80);
  expect(table.join(' ').replace(/\s+/g, ' ')).toContain(because);
});

test('where hardly any room is left the reason goes on lines of its own', () => {
  const lines = summaryLines(
    literalRecord({ verdicts: [literalVerdict({ because: 'some words that have no room there' })] }),
    { colours, width: 50 },
  );
  const table = lines.slice(0, lines.indexOf(''));
  for (const line of table) expect(line.length).toBeLessThanOrEqual(50);
  expect(table.join(' ').replace(/\s+/g, ' ')).toContain('some words that have no room there');
});

test('an aborted run and what it left behind are said above the sum', () => {
  const record = literalRecord({
    how: 'aborted',
    because: 'interrupted',
    unreverted: [{ fault: 'kill-leader', missing: ['etcd.whole of east'] }],
  });
  const lines = summaryLines(record, { colours });
  expect(lines).toContain('The run was aborted: interrupted');
  expect(lines).toContain('Left unreverted: kill-leader (etcd.whole of east)');
});

test('names out of files cannot paint or break lines', () => {
  const evil = 'x\u001b[31m\nMET 99 of 99';
  const record = literalRecord({
    verdicts: [literalVerdict({ objective: evil, expected: evil, received: evil, because: evil })],
    unreverted: [{ fault: evil, missing: [evil] }],
    repeat: evil,
  });
  for (const line of summaryLines(record, { colours, recordPath: evil })) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(line).not.toMatch(/[\u0000-\u001f]/);
    expect(line.startsWith('MET 99')).toBe(false);
  }
});

test('without a record there is a sum without times', () => {
  expect(sumLine({ verdicts: [], standing: 'unknown' }, colours)).toBe('UNKNOWN 0 of 0');
});

test('colours are painted only when they are on', () => {
  const record = literalRecord();
  expect(summaryLines(record, { colours: createColours(true) }).join('')).toContain('\u001b[32m');
  expect(summaryLines(record, { colours }).join('')).not.toContain('\u001b');
});

test('many runs end in a line each, with what was not met, and a count', () => {
  const missed = literalVerdict({ standing: 'missed', received: '31 s' });
  const records = [literalRecord(), literalRecord({ seed: '8', standing: 'missed', verdicts: [missed] })];
  expect(overviewLines(records, { failed: 1, left: 2 }, { colours })).toEqual([
    '✓ leader   7f3a',
    '✗ leader   8      recovery of api.write missed: 31 s',
    '',
    '1 of 5 runs met, 1 without a record, 2 not begun',
  ]);
});
