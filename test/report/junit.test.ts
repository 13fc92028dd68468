import { expect, test } from 'vitest';
import { junitXml } from '../../src/report/junit.ts';
import { literalRecord, literalVerdict } from './literal-record.ts';

test('met passes, missed fails, unknown is an error; each says expected, received and because', async () => {
  const xml = await junitXml([
    literalRecord({
      verdicts: [
        literalVerdict({ objective: 'a' }),
        literalVerdict({ objective: 'b', standing: 'missed', received: '31 s', because: 'too slow' }),
        literalVerdict({ objective: 'c', standing: 'unknown', received: 'not exercised', because: '' }),
      ],
    }),
  ]);
  expect(xml).toMatch(/<testsuite name="leader"[^>]*tests="3"[^>]*failures="1"[^>]*errors="1"/);
  expect(xml).toContain('<failure message="expected: ≤ 15 s / received: 31 s / because: too slow"');
  expect(xml).toContain('<error message="expected: ≤ 15 s / received: not exercised"');
});

test('with faults off on purpose unknown is skipped', async () => {
  const xml = await junitXml([
    literalRecord({
      options: { faultsInjected: false, duds: [] },
      verdicts: [literalVerdict({ standing: 'unknown' })],
    }),
  ]);
  expect(xml).toContain('<skipped/>');
  expect(xml).not.toContain('<error');
});

test('figures, seed and the repeat command are properties', async () => {
  const xml = await junitXml([literalRecord()]);
  expect(xml).toContain('<property name="recoveryMs" value="2100"/>');
  expect(xml).toContain('<property name="seed" value="7f3a"/>');
  expect(xml).toContain('<property name="repeat" value="elevenproof run leader --seed 7f3a"/>');
});

test('hostile names stay text', async () => {
  const evil = '"><script>alert(1)</script>\u0000\u001b[31m]]>';
  const xml = await junitXml([
    literalRecord({
      verdicts: [literalVerdict({ objective: evil, standing: 'missed', received: evil, because: evil })],
    }),
  ]);
  expect(xml).not.toContain('<script');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
});

test('several runs are several suites', async () => {
  expect((await junitXml([literalRecord(), literalRecord()])).match(/<testsuite /g)).toHaveLength(2);
});
