import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunRecord } from '../../src/domain/record.ts';
import { literalRecord, literalVerdict } from '../report/literal-record.ts';
import { call, freshFolder } from './call.ts';

const base = freshFolder();

function keep(path: string, recoveryMs: number, over: Partial<RunRecord> = {}): string {
  const folder = join(base, path);
  mkdirSync(folder, { recursive: true });
  const verdicts = [literalVerdict({ figures: { recoveryMs } })];
  writeFileSync(join(folder, 'record.json'), JSON.stringify(literalRecord({ runId: path, verdicts, ...over })));
  return folder;
}

const kind = { name: 'kind', versions: {} };
const model = keep('both/simulated/a', 12_000);
const real = keep('both/kind/a', 10_000, { platform: kind });

test('agree sorts a folder of both kinds by itself', async () => {
  const { code, out } = await call(['agree', join(base, 'both')]);
  expect(code).toBe(0);
  expect(out).toContain('Median error 20 % over 1 figure.');
});

test('agree takes sides, and the gate decides its exit code', async () => {
  expect((await call(['agree', model, '--with', real, '--within', '20'])).code).toBe(0);
  expect((await call(['agree', model, '--with', join(real, 'record.json'), '--within', '19'])).code).toBe(1);
});

test('agree gives all of it as JSON', async () => {
  const { out } = await call(['agree', join(base, 'both'), '--json']);
  expect(JSON.parse(out)).toMatchObject({
    scenarios: [{ scenario: 'leader', realRuns: 1, few: true, figures: [{ comparison: { ratio: 1.2 } }] }],
    sum: { sized: 1 },
  });
});

test('agree refuses sides that are the wrong way round, and runs that do not pair', async () => {
  const swapped = await call(['agree', real, '--with', model]);
  expect(swapped.code).toBe(2);
  expect(swapped.err).toContain('Expected simulated runs first');
  const other = keep('other', 1, { platform: kind, seed: '2' });
  const apart = await call(['agree', model, '--with', other]);
  expect(apart.code).toBe(2);
  expect(apart.err).toContain('the other side has no run of seed');
});

test('agree names paths that hold no record', async () => {
  const empty = join(base, 'empty');
  mkdirSync(empty);
  const { code, err } = await call(['agree', empty, join(base, 'missing')]);
  expect(code).toBe(2);
  expect(err).toContain('found no record.json in there');
  expect(err).toContain('missing');
});

test('agree plays pairs or takes them, not both, and checks its numbers', async () => {
  const { code, err } = await call(['agree', 'x', '--run', '0', '--with', real, '--within', 'near']);
  expect(code).toBe(2);
  for (const part of ['--run or --with, got both', 'Expected --run to be', 'Expected --within to be'])
    expect(err).toContain(part);
});
