import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { downText } from '../../src/cli/down.ts';
import { upText } from '../../src/cli/up.ts';
import { findPair, forgetPair, type Pair, pairFolder, pairNameOf, pairNames } from '../../src/compose/pair-files.ts';
import { writePair } from '../../src/platform/kind/pair-files.ts';
import { sampleGround } from '../platform/kind/provision/sample-pair.ts';
import { call } from './call.ts';

test('a parked pair that a run kept is not said to be woken by a name that it has not got', () => {
  expect(downText(['mine'], true)).toContain('elevenproof up --name mine');
  expect(downText(['ep-00aa11'], true)).not.toContain('up --name');
});

beforeEach(() => process.chdir(mkdtempSync(join(tmpdir(), 'pairs-'))));

const pairOf = (name: string): Pair => ({
  name,
  ground: { ...sampleGround, folder: join(process.cwd(), 'reports', 'pairs', name) },
  from: 'dual-site-small',
  topology: { name: 'dual-site-small', sites: [] } as unknown as Pair['topology'],
  versions: { kind: '0.31.0' },
});

test('a pair that is kept is found by its name, and forgotten with its folder', () => {
  writePair(pairOf('one'));
  writePair(pairOf('two'));
  mkdirSync(join('reports', 'pairs', 'no-pair'));
  expect(pairNames()).toEqual(['one', 'two']);
  expect(findPair('one')).toEqual(pairOf('one'));
  forgetPair(pairFolder('one'));
  forgetPair(pairFolder('no-pair'));
  expect(pairNames()).toEqual(['two']);
  forgetPair(pairFolder('two'));
  expect(readdirSync('reports')).toEqual([]);
});

test.each([
  ['dual-site', 'dual-site'],
  ['My Shop (prod)', 'my-shop-prod'],
  ['…', 'pair'],
  [`${'a'.repeat(39)} b`, 'a'.repeat(39)],
])('a topology %j is kept as %j', (topology, name) => {
  expect(pairNameOf(topology)).toBe(name);
});

test('down without clusters says so, and one that is not known is bad input', async () => {
  expect(await call(['down'])).toMatchObject({ code: 0, out: 'No clusters are kept here.\n' });
  expect(await call(['down', '--json'])).toMatchObject({ code: 0, out: '{\n  "removed": []\n}\n' });
  writePair(pairOf('lean'));
  const { code, err } = await call(['down', 'leam']);
  expect(code).toBe(2);
  expect(err).toContain('Did you mean "lean"?');
});

test('down of one among several wants a name', async () => {
  writePair(pairOf('one'));
  writePair(pairOf('two'));
  const { code, err } = await call(['down']);
  expect(code).toBe(2);
  expect(err).toContain('Pairs: one, two.');
});

test('a pair that somebody has in hand is not taken down', async () => {
  const pair = pairOf('lean');
  writePair(pair);
  writeFileSync(join(pair.ground.folder, 'pair.lock'), JSON.stringify({ pid: process.ppid }));
  const { code, err } = await call(['down', 'lean', '--park']);
  expect(code).toBe(2);
  expect(err).toContain(`process ${process.ppid} has them in hand`);
});

test('up refuses what is no name and no topology before anything is made', async () => {
  expect(await call(['up', '--name', 'A_'])).toMatchObject({ code: 2 });
  expect(await call(['up', '--topology', 'nowhere'])).toMatchObject({ code: 2 });
  expect(readdirSync('.')).toEqual([]);
});

test('up ends with what stands and with the commands that come next', () => {
  const text = upText({ pair: pairOf('lean'), by: 'made' }, 95_000);
  expect(text).toContain(
    'Clusters lean are up and ready (1 min 35 s): east 3 control planes + 1 worker · west 1 control plane + 1 worker',
  );
  expect(text).toContain('--platform kind --reuse lean');
  expect(text).toContain('export KUBECONFIG=reports/pairs/lean/east.kubeconfig:reports/pairs/lean/west.kubeconfig');
});

test('down says how parked clusters are woken', () => {
  expect(downText(['a'], true)).toBe('Parked: a. Nothing of them runs.\n\nWake    elevenproof up --name a\n');
  expect(downText(['a', 'b'], false)).toBe('Removed: a, b.\n');
});
