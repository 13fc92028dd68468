import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import type { RunRecord } from '../../src/domain/record.ts';
import { checkRecord } from '../../src/report/record-schema.ts';
import { call, freshFolder, starterScenario } from './call.ts';

const starter = starterScenario();
const seedOne = ['run', starter, '--seed', '1'];

function recordIn(folder: string): RunRecord {
  const file = join(folder, 'record.json');
  return checkRecord(JSON.parse(readFileSync(file, 'utf8')), file);
}

test('a run heads its progress with scenario, platform and seed, ends its results with record and repeat, and leaves a folder', async () => {
  const folder = join(freshFolder(), 'deep', 'run');
  const { code, out, err } = await call([...seedOne, '--out', folder]);
  expect(code).toBe(0);
  expect(err.split('\n')[0]).toBe('pod-loss · simulated · seed 1 · shop');
  expect(err).toMatch(/\d+:\d\d\.\d {2}killing .*kill-pod → pod shop-\S+ \(home\); landed: /);
  expect(out).toMatch(/^ {3}Objective +Expected +Received/);
  expect(out).toMatch(
    /MET 3 of 3[\s\S]*\nRecord {2}.*record\.json\nRepeat {2}elevenproof run \S+pod-loss\.ts --seed 1\n/,
  );
  expect(readdirSync(folder).sort()).toEqual(['junit.xml', 'record.json', 'timeline.jsonl', 'undo.jsonl']);
  expect(recordIn(folder)).toMatchObject({ seed: '1', standing: 'met', exitCode: 0 });
  expect(recordIn(folder).runId).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-pod-loss-1$/);
});

test('without a seed one is drawn, printed first and repeated last', async () => {
  const { out, err } = await call(['run', starter, '--out', join(freshFolder(), 'r')]);
  const seed = /seed ([0-9a-f]{1,16}) ·/.exec(err.split('\n')[0]!)?.[1];
  expect(seed).toBeDefined();
  expect(out).toContain(`--seed ${seed}\n`);
});

test('--json prints the record and nothing else to the results', async () => {
  const folder = join(freshFolder(), 'r');
  const { out, err } = await call([...seedOne, '--out', folder, '--json']);
  expect(JSON.parse(out)).toEqual(recordIn(folder));
  expect(err).toContain('MET 3 of 3');
});

test('--repeat plays seeds that follow each other, each in a folder of its own, and prints the spread', async () => {
  const folder = freshFolder();
  const junit = join(folder, 'all.xml');
  const { code, out } = await call([
    'run',
    starter,
    '--seed',
    'ff',
    '--repeat',
    '2',
    '--out',
    folder,
    '--junit',
    junit,
  ]);
  expect(code).toBe(0);
  expect(readdirSync(folder).sort()).toEqual(['all.xml', 'pod-loss-100', 'pod-loss-ff']);
  expect(out).toContain('pod-loss: 2 of 2 met');
  expect(out).toMatch(/Figure +min +p50 +p95 +max +worst seed/);
  expect(readFileSync(junit, 'utf8').match(/<testsuite /g)).toHaveLength(2);
});

test('a second run into the same folder is refused and the first is left as it was', async () => {
  const folder = join(freshFolder(), 'r');
  await call([...seedOne, '--out', folder]);
  const before = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const { code, err } = await call([...seedOne, '--out', folder]);
  expect(code).toBe(2);
  expect(err).toContain('Two runs never share a folder');
  expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(before);
});

test('a folder under a file is bad input', async () => {
  const parent = freshFolder();
  writeFileSync(join(parent, 'file'), '');
  const { code, err } = await call([...seedOne, '--out', join(parent, 'file', 'run')]);
  expect(code).toBe(2);
  expect(err).toContain('Expected a folder that can be written');
});

test.skipIf(!existsSync('/proc/self'))(
  'a place that denies folders as not found is bad input, not an endless wait',
  async () => {
    expect((await call([...seedOne, '--out', '/proc/none/run'])).code).toBe(2);
  },
);

test.skipIf(process.getuid?.() === 0)('a folder without permission is bad input', async () => {
  const parent = freshFolder();
  chmodSync(parent, 0o500);
  const { code, err } = await call([...seedOne, '--out', join(parent, 'run')]);
  expect(code).toBe(2);
  expect(err).toContain('got no permission');
});

test('bad input that shows only when the topology is read leaves no folder behind', async () => {
  const parent = freshFolder();
  const { code } = await call([...seedOne, '--topology', 'no-such-topology', '--out', join(parent, 'a', 'b')]);
  expect(code).toBe(2);
  expect(existsSync(join(parent, 'a'))).toBe(false);
});

test('a folder that was there and empty stays', async () => {
  const folder = join(freshFolder(), 'mine');
  mkdirSync(folder);
  await call([...seedOne, '--dud', 'no-such-fault', '--out', folder]);
  expect(readdirSync(folder)).toEqual([]);
});

test('the first interrupt aborts and cleans up: exit 4, a record, everything undone', async () => {
  const folder = join(freshFolder(), 'r');
  let interrupted = false;
  const { code, err, left } = await call([...seedOne, '--out', folder], {
    onErr: (text, interrupt) => {
      if (interrupted || !/\bdeploy\b/.test(text)) return;
      interrupted = true;
      interrupt();
    },
  });
  expect(code).toBe(4);
  expect(left).toEqual([]);
  expect(err).toContain('Ctrl-C again leaves at once');
  expect(recordIn(folder)).toMatchObject({ how: 'aborted', exitCode: 4, unreverted: [] });
});

test('the second interrupt leaves at once and names what is broken and how to heal it', async () => {
  const folder = join(freshFolder(), 'r');
  let interrupted = false;
  const { left, err } = await call([...seedOne, '--out', folder], {
    onErr: (text, interrupt) => {
      if (interrupted || !/\bkilling\b/.test(text)) return;
      interrupted = true;
      interrupt();
      interrupt();
    },
  });
  expect(left).toEqual([5]);
  expect(err).toContain(`Left unreverted: kill-pod\nHeal    elevenproof heal ${folder}`);
});

test('an interrupt ends the queue of runs, too', async () => {
  const folder = freshFolder();
  let interrupted = false;
  const { code } = await call(['run', starter, '--seed', '1', '--repeat', '3', '--out', folder], {
    onErr: (text, interrupt) => {
      if (interrupted || !/\bdeploy\b/.test(text)) return;
      interrupted = true;
      interrupt();
    },
  });
  expect(code).toBe(4);
  expect(readdirSync(folder)).toEqual(['pod-loss-1']);
});

test('a run of a batch that cannot begin is an error in the JUnit file', async () => {
  const folder = freshFolder();
  const junit = join(folder, 'all.xml');
  const lost = join(folder, 'lost.ts');
  writeFileSync(lost, readFileSync(starter, 'utf8').replace("'pod-loss'", "'lost'").replace('./shop', './none'));
  const { code } = await call(['run', starter, lost, '--seed', '1', '--out', join(folder, 'runs'), '--junit', junit]);
  expect(code).toBe(2);
  const xml = readFileSync(junit, 'utf8');
  expect(xml).toMatch(/<testsuite name="pod-loss" [^>]*errors="0"/);
  expect(xml).toMatch(/<testsuite name="lost" [^>]*errors="1"[\s\S]*type="not begun"/);
});

test('a batch that is refused as a whole says so of each in the JUnit file', async () => {
  const junit = join(freshFolder(), 'all.xml');
  const { code, err } = await call(['run', starter, 'no-such-scenario', '--seed', '1', '--junit', junit]);
  expect(code).toBe(2);
  expect(err).toContain('No scenario `no-such-scenario`');
  const xml = readFileSync(junit, 'utf8');
  expect(xml.match(/<error message="No scenario `no-such-scenario`" type="not begun"/g)).toHaveLength(2);
});

test('a scenario that is moved with its topology runs from anywhere, and the record stays relative', async () => {
  const moved = join(freshFolder(), 'deep', 'er');
  cpSync(dirname(starter), moved, { recursive: true });
  const folder = join(freshFolder(), 'run');
  const { code } = await call(['run', join(moved, 'pod-loss.ts'), '--seed', '1', '--out', folder]);
  expect(code).toBe(0);
  const { topology } = recordIn(folder);
  expect(topology.path).toBe(relative('.', join(moved, 'shop')));
});
