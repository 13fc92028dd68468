import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { call, freshFolder, starterScenario } from './call.ts';

const starter = starterScenario();

const sha256 = createHash('sha256').update(readFileSync(starter)).digest('hex');
const parent = freshFolder();
const done = join(parent, 'done');
const other = join(parent, 'other');

beforeAll(async () => {
  await call(['run', starter, '--seed', '1', '--out', done]);
  await call(['run', starter, '--seed', '2', '--no-faults', '--out', other]);
});

/** A copy that looks as `kill -9` leaves it: no record, half a last line, the lock of a process that is gone. */
function torn(name: string, cut: (lines: readonly string[]) => readonly string[]): string {
  const folder = join(parent, name);
  cpSync(done, folder, { recursive: true });
  rmSync(join(folder, 'record.json'));
  const timeline = join(folder, 'timeline.jsonl');
  writeFileSync(timeline, cut(readFileSync(timeline, 'utf8').split('\n').slice(0, -1)).join('\n'));
  writeFileSync(
    join(folder, 'run.lock'),
    JSON.stringify({ pid: 4_194_304, scenarioPath: starter, scenarioSha256: sha256, repeat: 'elevenproof run x' }),
  );
  return folder;
}

test('a stored run is judged as it was', async () => {
  const { code, out } = await call(['judge', done]);
  expect(code).toBe(0);
  expect(out).toContain('pod-loss · simulated · seed 1 · shop');
  expect(out).toContain('MET 3 of 3');
});

test('a torn run is judged as far as it goes: what it leaves open is unknown', async () => {
  const folder = torn('torn', (lines) => [...lines.slice(0, 40), lines[40]!.slice(0, 20)]);
  const { code, out } = await call(['judge', folder]);
  expect(code).toBe(3);
  expect(out).toContain('The timeline breaks off');
  expect(out).toMatch(/\? recovery of orders/);
});

/** A copy of the finished run whose record names another file. */
function withScenario(name: string, path: string): string {
  const folder = join(parent, name);
  cpSync(done, folder, { recursive: true });
  const file = join(folder, 'record.json');
  const record = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...record, scenario: { ...record.scenario, path } }));
  return folder;
}

test('a scenario file that is not the one that ran is not even loaded, unless it is asked for by name', async () => {
  const [marker, evil] = [join(parent, 'it-ran'), join(parent, 'evil.ts')];
  const write = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(marker)}, '');\n`;
  writeFileSync(evil, `${write}${readFileSync(starter, 'utf8')}`);
  const folder = withScenario('strange', evil);
  const { code, err } = await call(['judge', folder]);
  expect(code).toBe(2);
  expect(err).toMatch(/evil\.ts {2}Expected the scenario file that ran, got one with sha256 .*…; the run ran one with/);
  expect(existsSync(marker)).toBe(false);
  const asked = await call(['judge', folder, '--scenario', evil]);
  expect(existsSync(marker)).toBe(true);
  expect(asked.code).toBe(0);
  expect(asked.err).toMatch(/not the one that ran/);
});

test('a timeline cannot name a file as its scenario', async () => {
  const { code, err } = await call(['judge', withScenario('gone', join(parent, 'no-such.ts'))]);
  expect(code).toBe(2);
  expect(err).toMatch(/scenario file of `pod-loss` at .*no-such\.ts`, there is none\n.*--scenario/);
});

test('after a crash only the file whose hash the lock kept is loaded', async () => {
  const folder = torn('no-hash', (lines) => [...lines, '']);
  writeFileSync(join(folder, 'run.lock'), JSON.stringify({ pid: 4_194_304, scenarioPath: starter, repeat: 'x' }));
  const { code, err } = await call(['judge', folder]);
  expect(code).toBe(2);
  expect(err).toMatch(/the run kept no hash of it/);
});

test('an edited timeline is refused, with its line', async () => {
  const folder = torn('edited', (lines) => [
    ...lines.slice(0, 5),
    lines[5]!.replace(/\d/, '9').replace(/"atMs":\d+/, '"atMs":1'),
    ...lines.slice(6),
    '',
  ]);
  const { code, err } = await call(['judge', folder]);
  expect(code).toBe(2);
  expect(err).toMatch(/timeline\.jsonl:6/);
});

test('a run that broke off before its first event is inconclusive, and there is nothing to heal', async () => {
  const folder = torn('unbegun', (lines) => lines);
  rmSync(join(folder, 'timeline.jsonl'));
  rmSync(join(folder, 'undo.jsonl'));
  expect((await call(['judge', folder])).code).toBe(3);
  expect(await call(['heal', folder])).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to heal') });
});

test('a simulated world ended with its process, and heal says so', async () => {
  const folder = torn('left', (lines) => lines.slice(0, 40));
  const undo = join(folder, 'undo.jsonl');
  const lines = readFileSync(undo, 'utf8').split('\n');
  writeFileSync(undo, `${lines.slice(0, 3).join('\n')}\n`);
  const { code, out } = await call(['heal', folder]);
  expect(code).toBe(0);
  expect(out).toContain('ended with its process');
});

test('abort says that an ended run has ended, and that a lost process is gone', async () => {
  expect((await call(['abort', done])).out).toContain('has ended');
  expect((await call(['abort', torn('lost', (lines) => lines)])).out).toContain('is gone');
});

test('heal and abort answer in JSON', async () => {
  const { out } = await call(['heal', done, '--json']);
  expect(JSON.parse(out)).toMatchObject({ exitCode: 0, unreverted: [], text: expect.stringContaining('torn down') });
  expect(JSON.parse((await call(['abort', done, '--json'])).out)).toMatchObject({ asked: [] });
});

test('heal refuses a run that goes on', async () => {
  const folder = torn('alive', (lines) => lines);
  writeFileSync(join(folder, 'run.lock'), JSON.stringify({ pid: process.pid, scenarioPath: '', repeat: '' }));
  const { code, err } = await call(['heal', folder]);
  expect(code).toBe(2);
  expect(err).toContain('elevenproof abort');
});

test('a pid that was given to another process does not count as the run', async () => {
  const folder = torn('recycled', (lines) => lines);
  writeFileSync(
    join(folder, 'run.lock'),
    JSON.stringify({ pid: process.pid, processStart: '1', scenarioPath: '', repeat: '' }),
  );
  if (existsSync('/proc/self/stat')) expect((await call(['abort', folder])).out).toContain('is gone');
});

test.each(['judge', 'heal', 'abort'])(
  '%s of a folder that does not exist, or of a file, is bad input',
  async (command) => {
    expect((await call([command, join(parent, 'nothing')])).code).toBe(2);
    expect((await call([command, join(done, 'record.json')])).code).toBe(2);
  },
);

test.each(['judge', 'heal', 'abort'])('%s of a folder that holds no run is bad input', async (command) => {
  const { code, err } = await call([command, freshFolder()]);
  expect(code).toBe(2);
  expect(err).toContain('found none of its files');
});

test.each(['judge', 'heal'])('%s of the parent of several runs names them', async (command) => {
  const { code, err } = await call([command, parent]);
  expect(code).toBe(2);
  expect(err).toMatch(new RegExp(`Runs below it: .*${done}`));
});

test('abort of the parent of several runs ends the one that goes on', async () => {
  const several = freshFolder();
  cpSync(done, join(several, 'a'), { recursive: true });
  cpSync(done, join(several, 'b'), { recursive: true });
  expect((await call(['abort', several])).out).toContain('all 2 have ended');
  writeFileSync(join(several, 'b', 'run.lock'), JSON.stringify({ pid: process.pid, scenarioPath: '', repeat: '' }));
  const interrupted = new Promise((resolve) => process.once('SIGINT', resolve));
  expect((await call(['abort', several])).out).toContain(`Asked process ${process.pid}`);
  await interrupted;
});

test('abort refuses to end runs of several processes at once', async () => {
  const several = freshFolder();
  for (const [name, pid] of [
    ['a', process.pid],
    ['b', process.ppid],
  ] as const) {
    cpSync(done, join(several, name), { recursive: true });
    writeFileSync(join(several, name, 'run.lock'), JSON.stringify({ pid, scenarioPath: '', repeat: '' }));
  }
  const { code, err } = await call(['abort', several]);
  expect(code).toBe(2);
  expect(err).toContain('found 2');
});

test('a run compared with itself is the same', async () => {
  const { code, out } = await call(['diff', done, join(done, 'record.json')]);
  expect(code).toBe(0);
  expect(out).toContain('No figure is more than 1.2 times worse');
});

test('unlike runs are refused with every difference, unless forced', async () => {
  const refused = await call(['diff', done, other]);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('faults: injected and off');
  const forced = await call(['diff', done, other, '--force', '--json']);
  expect(forced.code).toBe(1);
  expect(JSON.parse(forced.out)).toMatchObject({ worse: true, unlike: ['faults: injected and off'] });
});

test('a figure that got worse closes the gate', async () => {
  const worse = join(parent, 'worse.json');
  const record = JSON.parse(readFileSync(join(done, 'record.json'), 'utf8'));
  for (const verdict of record.verdicts) if ('recoveryMs' in verdict.figures) verdict.figures.recoveryMs *= 2;
  writeFileSync(worse, JSON.stringify(record));
  const { code, out } = await call(['diff', done, worse]);
  expect(code).toBe(1);
  expect(out).toContain('2.00 times worse');
  expect((await call(['diff', done, worse, '--fail-ratio', '2'])).code).toBe(0);
});

test('folders of several runs are compared scenario by scenario, and one that is gone is worse', async () => {
  const [before, now] = [freshFolder(), freshFolder()];
  for (const folder of [before, now]) cpSync(done, join(folder, 'pod-loss-1'), { recursive: true });
  const same = await call(['diff', before, now]);
  expect(same).toMatchObject({ code: 0, out: expect.stringContaining('1 of 1 runs no worse') });
  cpSync(done, join(before, 'pod-loss-2'), { recursive: true });
  const gone = await call(['diff', before, now]);
  expect(gone).toMatchObject({ code: 1, out: expect.stringContaining('gone: pod-loss') });
  const json = await call(['diff', now, before, '--json']);
  expect(json.code).toBe(0);
  expect(JSON.parse(json.out)).toMatchObject({ worse: false, added: ['pod-loss'], runs: [{ scenario: 'pod-loss' }] });
});

test('a record that is none is refused with every problem', async () => {
  const bad = join(parent, 'bad.json');
  writeFileSync(bad, '{"format":"x"}');
  appendFileSync(bad, '\n');
  const { code, err } = await call(['diff', done, bad]);
  expect(code).toBe(2);
  expect(err.split('\n').filter((line) => line.includes('bad.json')).length).toBeGreaterThan(5);
});
