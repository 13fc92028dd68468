/** The built program as a process: what cannot be seen by calling `main`. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/base/host.ts';
import { freshFolder } from './call.ts';

const bin = join(projectRoot(), 'bin', 'elevenproof.js');
const exec = promisify(execFile);

async function spawned(
  ...argv: string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  try {
    return { code: 0, ...(await exec(process.execPath, [bin, ...argv], { cwd: freshFolder() })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

test('a starter runs as it is from another folder, met, without colours where there is no terminal', async () => {
  const folder = freshFolder();
  expect((await spawned('init', folder)).code).toBe(0);
  const { code, stdout, stderr } = await spawned('run', join(folder, 'pod-loss.mjs'), '--seed', '1');
  expect(stdout).toContain('MET 3 of 3');
  expect(code).toBe(0);
  expect(stdout + stderr).not.toContain('\u001b');
});

test('from its own folder a topology is recorded as this folder', async () => {
  const folder = freshFolder();
  await spawned('init', folder);
  const argv = [bin, 'run', join('..', 'pod-loss.mjs'), '--seed', '1', '--json'];
  const { stdout } = await exec(process.execPath, argv, { cwd: join(folder, 'shop') });
  expect(JSON.parse(stdout).topology.path).toBe('.');
});

test('worker threads give the same sweep as one thread', async () => {
  const folder = freshFolder();
  await spawned('init', folder);
  const argv = ['sweep', join(folder, 'pod-loss.mjs'), '--seeds', '4', '--json'];
  const [one, two] = await Promise.all([spawned(...argv, '--threads', '1'), spawned(...argv, '--threads', '2')]);
  expect(one.code).toBe(0);
  expect(two.stdout).toBe(one.stdout);
});

test('the exit code of a command is that of the process', async () => {
  expect((await spawned('run', 'no-such-scenario')).code).toBe(2);
});

test('a reader that goes away ends nothing: the run goes on quietly', async () => {
  const folder = join(freshFolder(), 'r');
  const script = `"$0" "$1" run etcd-leader-loss --seed 1 --out "$2" 2>&1 | head -n 1; test "\${PIPESTATUS[0]}" = 0 && test -f "$2/record.json"`;
  const { stdout } = await exec('bash', ['-c', script, process.execPath, bin, folder]);
  expect(stdout).toBe('etcd-leader-loss · simulated · seed 1 · dual-site\n');
});

test.each([0, 1, 2])('a scenario file that ends the process with %i is no verdict', async (code) => {
  const path = join(freshFolder(), 'exit.mjs');
  writeFileSync(path, `process.exit(${code})`);
  const result = await spawned('plan', path);
  expect(result.code).toBe(2);
  expect(result.stderr).toMatch(/ended before the command did/);
});

test('a scenario file that throws later is named, without a stack', async () => {
  const path = join(freshFolder(), 'late.mjs');
  writeFileSync(
    path,
    'setImmediate(() => { throw new Error("later"); });\nawait new Promise((done) => setTimeout(done, 1e4));',
  );
  const result = await spawned('plan', path);
  expect(result.code).toBe(2);
  expect(result.stderr).toBe(`${path}:1:28  The scenario file threw after it was loaded: later\n`);
});

test('a worker thread that dies costs the seed that it was at, not the sweep', async () => {
  const folder = freshFolder();
  await spawned('init', folder);
  const path = join(folder, 'pod-loss.mjs');
  const dying = "import { threadId } from 'node:worker_threads';\nif (threadId === 1) process.exit(3);\n";
  writeFileSync(path, `${dying}${readFileSync(path, 'utf8')}`);
  const { code, stdout } = await spawned('sweep', path, '--seeds', '4', '--threads', '2');
  expect(code).toBe(70);
  expect(stdout).toMatch(/3 of 4/);
  expect(stdout).toMatch(/broke: its worker thread ended with code 3/);
});

test.each([
  ['throws out of a timer', 'throw new Error("late");', /late/],
  ['leaves a promise rejected', 'Promise.reject(new Error("late"));', /late/],
  ['ends the process', 'process.exit(0);', /process\.exit\(0\) was called/],
])(
  'a scenario file that %s while its run goes on ends it in order, inconclusive, by file and line',
  async (_, act, says) => {
    const folder = freshFolder();
    await spawned('init', folder);
    const [path, out] = [join(folder, 'pod-loss.mjs'), join(folder, 'run')];
    const whenBegun = `import { existsSync } from 'node:fs';
const timer = setInterval(() => {
  if (!existsSync(${JSON.stringify(join(out, 'timeline.jsonl'))})) return;
  clearInterval(timer);
  ${act}
}, 1);
`;
    writeFileSync(path, `${whenBegun}${readFileSync(path, 'utf8')}`);
    const { code, stderr } = await spawned('run', path, '--seed', '1', '--out', out);
    expect(stderr).toContain(`${path}:5:`);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBe(3);
    expect(readFileSync(join(out, 'timeline.jsonl'), 'utf8')).toMatch(/"run.ended","how":"failed"/);
  },
);

test('every mistake of a scenario is told at once, those of its factories too, each at its own call', async () => {
  const path = join(freshFolder(), 'many.mjs');
  writeFileSync(
    path,
    `import { availability, constant, defineScenario, killPod, recovery, takeover } from ${JSON.stringify(join(projectRoot(), 'dist', 'src', 'index.js'))};
export default defineScenario({
  name: 'many', title: 'T', proves: 'P', topology: 'dual-site', load: constant({ rateRps: -5 }), limitMs: 9000,
  faults: { kill: killPod({ site: 'east', workload: 'orders', membr: 'one' }) },
  objectives: [
    recovery({ of: 'orders', after: 'kil', msMax: -1 }),
    availability({ of: 'orders', ratioMin: 1.5 }),
    takeover({ of: 'etcd', after: 'kill' }),
  ],
  story: ({ story, inject, when, ends }) => story({ initial: 'a', states: {
    a: { entry: inject('kill'), when: when('pod.redy', { site: 'east' }, 'b') },
    b: {},
    c: ends('expected'),
  } }),
});`,
  );
  const { code, stderr } = await spawned('plan', path);
  expect(code).toBe(2);
  const told = [
    ['3:82', 'Expected `rateRps` to be'],
    ['4:63', 'Fault `kill-pod`: there is no option `membr`'],
    ['6:44', 'Objective `recovery`: expected `msMax`'],
    ['7:34', 'Objective `availability`: expected `ratioMin`'],
    ['8:5', 'Objective `takeover`: expected `msMax`, got nothing'],
    ['6:37', 'names the fault `kil`'],
    ['11:44', 'There is no fact `pod.redy`'],
    ['12:5', 'State `b` is a dead end'],
    ['13:5', 'State `c` is never reached'],
  ] as const;
  for (const [place, words] of told)
    expect(
      stderr.split('\n').some((line) => line.startsWith(`${path}:${place}  `) && line.includes(words)),
      words,
    ).toBe(true);
  expect(stderr.split('\n').filter((line) => line.startsWith(path))).toHaveLength(told.length);
});
