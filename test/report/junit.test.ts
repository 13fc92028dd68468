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
  expect(xml).toContain(
    '<failure message="expected: ≤ 15 s / received: 31 s / because: too slow" type="missed">expected: ≤ 15 s\nreceived: 31 s\nbecause: too slow\nrepeat: elevenproof run leader --seed 7f3a</failure>',
  );
  expect(xml).toContain(
    '<error message="expected: ≤ 15 s / received: not exercised" type="unknown">expected: ≤ 15 s\nreceived: not exercised\nrepeat: ',
  );
});

test('with faults off on purpose unknown is skipped', async () => {
  const xml = await junitXml([
    literalRecord({
      options: { faultsInjected: false, duds: [] },
      verdicts: [literalVerdict({ standing: 'unknown' })],
    }),
  ]);
  expect(xml).toMatch(/<skipped message="expected: [^"]+" type="unknown">expected: [^<]+<\/skipped>/);
  expect(xml).toContain('skipped="1"');
  expect(xml).not.toContain('<error');
});

test('figures, seed and the repeat command are properties', async () => {
  const xml = await junitXml([literalRecord()]);
  expect(xml).toContain('<property name="recovery of api.write: recoveryMs" value="2100"/>');
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

test('several runs are several suites; seeds tell those of one scenario apart', async () => {
  const xml = await junitXml([literalRecord(), literalRecord({ seed: '8' })]);
  expect([...xml.matchAll(/<testsuite name="([^"]*)"/g)].map(([, name]) => name)).toEqual([
    'leader seed 7f3a',
    'leader seed 8',
  ]);
  expect(xml).toContain('classname="leader seed 8"');
});

test('times are platform seconds: of the run, and of the window that was judged', async () => {
  const xml = await junitXml([literalRecord()]);
  expect(xml).toMatch(/<testsuite [^>]*time="552"/);
  expect(xml).toMatch(/<testcase [^>]*time="12.1"/);
});

test('a suite has what the schemas of Ant and Jenkins ask for, and nothing of the machine', async () => {
  const xml = await junitXml([literalRecord()]);
  expect(xml).toContain('<testsuites>');
  expect(xml).toMatch(/package="elevenproof" id="0" timestamp="2026-11-11T00:00:00" hostname="localhost"/);
  expect(xml).toMatch(/<testcase [^>]*\/>\s*<system-out\/>\s*<system-err\/>\s*<\/testsuite>/);
});

test('a run that broke off or left something broken is an error, whatever its verdicts', async () => {
  const xml = await junitXml([
    literalRecord({ how: 'aborted', because: 'interrupted', unreverted: [{ fault: 'kill', missing: ['etcd.whole'] }] }),
  ]);
  expect(xml).toMatch(/<testcase name="run" [^>]*>\s*<error message="aborted: interrupted \/ left unreverted: kill/);
  expect(xml).toContain('errors="1"');
});

test('a run that never began is a suite with one error', async () => {
  const at = '2026-11-11T00:00:00.000Z';
  const xml = await junitXml(
    [literalRecord()],
    [{ scenario: 'b', at, because: 'b.mjs:1:2  No `x`\n    Did you mean y?\n' }],
  );
  expect(xml).toMatch(/<testsuite name="b" [^>]*tests="1" failures="0" errors="1"/);
  expect(xml).toContain('<error message="b.mjs:1:2  No `x`" type="not begun">b.mjs:1:2  No `x`\n    Did you mean y?<');
});
