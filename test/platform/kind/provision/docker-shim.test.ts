import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dockerShim } from '../../../../src/platform/kind/provision/docker-shim.ts';

const folder = mkdtempSync(join(tmpdir(), 'shim-'));
const real = join(folder, "it's docker");
writeFileSync(real, '#!/bin/sh\nfor word do echo "$word"; done\n', { mode: 0o755 });
const births = [
  { container: 'ep-1-east-control-plane', address: '172.20.4.11', cpuCores: 2 },
  { container: 'ep-1-east-external-load-balancer', address: '172.20.4.10' },
];
const shim = join(folder, 'docker');
writeFileSync(shim, dockerShim(real, 'ep-1', births), { mode: 0o755 });

/** What the real program gets, word by word. */
function passed(...words: string[]): string[] {
  return execFileSync(shim, words, { encoding: 'utf8' }).trimEnd().split('\n');
}

test('a node is started with its address, the label of the pair and its CPU limit', () => {
  const kinds = ['--name', 'ep-1-east-control-plane', '--label', 'a=b c', 'image'];
  const ours = ['--ip', '172.20.4.11', '--label', 'dev.elevenproof.pair=ep-1', '--cpus', '2'];
  expect(passed('run', ...kinds)).toEqual(['run', ...ours, ...kinds]);
});

test('the load balancer has no CPU limit, and words of its own command are left alone', () => {
  const kinds = ['--name', 'ep-1-east-external-load-balancer', 'image', 'bash', '-c', 'echo $HOME "x" --name other'];
  expect(passed('run', ...kinds)).toEqual([
    'run',
    '--ip',
    '172.20.4.10',
    '--label',
    'dev.elevenproof.pair=ep-1',
    ...kinds,
  ]);
});

test('other containers and other commands pass as they are', () => {
  expect(passed('run', '--name', 'stranger', 'image')).toEqual(['run', '--name', 'stranger', 'image']);
  expect(passed('run', '--rm', 'image', '')).toEqual(['run', '--rm', 'image']);
  expect(passed('ps', '--filter', 'label=x', '--format', '{{.Names}}')).toEqual([
    'ps',
    '--filter',
    'label=x',
    '--format',
    '{{.Names}}',
  ]);
});
