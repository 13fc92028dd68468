import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readRecord, recordJson, writeRecord } from '../../src/report/record.ts';
import { checkRecord, recordJsonSchema } from '../../src/report/record-schema.ts';
import { literalRecord } from './literal-record.ts';

const folder = mkdtempSync(join(tmpdir(), 'record-'));
afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
});

test('what is written is read back the same, from the folder or the file, and nothing else is left', async () => {
  const record = literalRecord({ because: 'x' });
  writeRecord(folder, record);
  expect(readdirSync(folder)).toEqual(['record.json']);
  expect(await readRecord(folder)).toEqual(record);
  expect(await readRecord(join(folder, 'record.json'))).toEqual(record);
});

test('a record that cannot be put in place leaves no part of itself', () => {
  expect(() => writeRecord(join(folder, 'missing'), literalRecord())).toThrow('ENOENT');
  expect(readdirSync(folder)).toEqual([]);
});

test('the published schema is that of the code', async () => {
  await expect(recordJsonSchema()).toMatchFileSnapshot('../../schema/record.json');
});

test('a record holds to the schema, with and without its optional fields', () => {
  expect(checkRecord(JSON.parse(recordJson(literalRecord())), 'x')).toEqual(literalRecord());
  const minimal = literalRecord({ verdicts: [], standing: 'unknown', exitCode: 3 });
  expect(checkRecord(JSON.parse(recordJson(minimal)), 'x')).toEqual(minimal);
});

test('every problem of a record is told at once', () => {
  const bad = { ...literalRecord(), seed: 'zz', scale: -1, how: 'sideways' };
  expect(() => checkRecord(bad, 'r.json')).toThrow(/r\.json {2}`seed`[\s\S]*`scale`[\s\S]*`how`/);
});

test('a missing record, a torn one and no JSON are bad input', async () => {
  await expect(readRecord(folder)).rejects.toThrow(/Expected a record, but there is none[\s\S]*elevenproof judge/);
  const whole = recordJson(literalRecord());
  writeFileSync(join(folder, 'record.json'), whole.slice(0, whole.length / 2));
  await expect(readRecord(folder)).rejects.toThrow('Expected JSON');
  expect(readFileSync(join(folder, 'record.json'), 'utf8')).toHaveLength(Math.floor(whole.length / 2));
});
