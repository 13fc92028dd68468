/** Same seed, same bytes: the timeline of a simulated run depends on its input alone, not on the process, the time zone, the locale or the version of Node. The runs in processes of their own are of the build, as people start it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../src/base/host.ts';
import { loadCatalogue, loadScenario } from '../../src/compose/catalogue.ts';
import { play } from '../catalogue/play-scenario.ts';
import { isNightly } from '../catalogue/seeds.ts';

const exec = promisify(execFile);
const all = (await loadCatalogue()).map(({ name }) => name);
const some = isNightly
  ? all
  : ['etcd-leader-loss', 'site-loss', 'one-site-carries-all'].filter((name) => all.includes(name));
const timeout = 1_800_000;

const freshFolder = () => join(mkdtempSync(join(tmpdir(), 'bytes-')), 'run');
const hashOf = (folder: string) =>
  createHash('sha256')
    .update(readFileSync(join(folder, 'timeline.jsonl')))
    .digest('hex');

/** Plays in this process; gives the hash of the timeline's bytes. */
async function here(name: string, seed: string): Promise<string> {
  const out = freshFolder();
  await play((await loadScenario(name)).scenario, { seed, out });
  return hashOf(out);
}

/** Plays in a process of its own. `node`: the words that start it. */
async function elsewhere(
  name: string,
  env: Readonly<Record<string, string>>,
  node = [process.execPath],
): Promise<string> {
  const out = freshFolder();
  const [command, ...argv] = [
    ...node,
    join(projectRoot(), 'bin', 'elevenproof.js'),
    'run',
    name,
    '--seed',
    '7f3a',
    '--out',
    out,
  ];
  await exec(command!, argv, { cwd: tmpdir(), env: { ...process.env, ...env } });
  return hashOf(out);
}

const plain = { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' };

describe.each(some)('the timeline of %s', (name) => {
  test('is the same byte for byte when played again after others, and another for another seed', {
    timeout,
  }, async () => {
    const first = await here(name, '7f3a');
    expect(await here(name, '7f3b')).not.toBe(first);
    expect(await here(some[(some.indexOf(name) + 1) % some.length]!, '7f3a')).not.toBe(first);
    expect(await here(name, '7f3a')).toBe(first);
  });

  test('is the same beside other runs in one process', { timeout }, async () => {
    const alone = await here(name, '2');
    const [one, two] = await Promise.all([here(name, '2'), here(name, '2'), here(name, '3')]);
    expect([one, two]).toEqual([alone, alone]);
  });

  test('is the same in another time zone and locale', { timeout }, async () => {
    const base = await elsewhere(name, plain);
    expect(await elsewhere(name, { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' })).toBe(base);
    expect(await elsewhere(name, { TZ: 'America/St_Johns', LANG: 'zh_CN.UTF-8', LC_ALL: 'zh_CN.UTF-8' })).toBe(base);
  });

  test.runIf(isNightly)('is the same on another version of Node', { timeout }, async () => {
    const other = ['npx', '--yes', '-p', 'node@24', '--', 'node'];
    const { stdout } = await exec(other[0]!, [...other.slice(1), '--version'], { cwd: tmpdir() });
    expect(stdout.trim()).not.toBe(process.version);
    expect(await elsewhere(name, plain, other)).toBe(await elsewhere(name, plain));
  });
});
