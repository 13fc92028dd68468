/** What a shell can hand over by mistake, and files that are none. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { writeResult } from '../../src/cli/write-result.ts';
import { placeInModule } from '../../src/compose/module-place.ts';
import { call } from '../cli/call.ts';
import { kind, pair, problemsOf } from '../compose/topology/folder.ts';

const index = JSON.stringify(new URL('../../src/index.ts', import.meta.url).href);
const top = mkdtempSync(join(tmpdir(), 'hostile-'));
afterAll(() => rmSync(top, { recursive: true }));

test.each(['', '  '])('--out `%s` is refused: it would be this very folder', async (out) => {
  const { code, err } = await call(['run', 'etcd-leader-loss', '--out', out]);
  expect(code).toBe(2);
  expect(err).toMatch(/--out to name a folder/);
  expect(existsSync('run.lock')).toBe(false);
});

test.runIf(process.platform === 'linux')('a device that never ends is no topology and no scenario', async () => {
  symlinkSync('/dev/zero', join(top, 'zero.yaml'));
  writeFileSync(join(top, 'kind.yaml'), kind);
  for (const topology of ['/dev/zero', top]) {
    const { code, err } = await call(['plan', 'etcd-leader-loss', '--topology', topology]);
    expect(code).toBe(2);
    expect(err).toMatch(/device or a pipe/);
  }
  expect((await call(['plan', '/dev/zero'])).err).toMatch(/device or pipe/);
});

test.each([
  ['a folder', () => top],
  ['what is no module', () => written('a.mjs', 'export default {\n  a: ]\n}')],
  ['bytes', () => written('b.mjs', '\u0000\u0001\ufffd')],
  ['nothing', () => written('c.mjs', '')],
  ['a promise of nothing', () => written('d.mjs', 'export default Promise.reject(new Error("no"))')],
  [
    'an object that only looks right',
    () => written('e.mjs', 'export default { name: "x", story: {}, objectives: [] }'),
  ],
  ['a getter that throws', () => written('f.mjs', 'export default { get name() { throw 1 }, story: 1 }')],
])('a scenario file that holds %s is refused with its name, without a stack', async (_, file) => {
  const path = file();
  const { code, err } = await call(['plan', path]);
  expect(code).toBe(2);
  expect(err).toContain(path);
  expect(err).not.toMatch(/^\s+at /m);
});

test('a syntax error in a scenario has its line and column', () => {
  const path = written('g.mjs', 'export default {\n  a: ]\n}');
  // The runner of these tests loads modules in its own way, so the place is asked for directly.
  expect(placeInModule(pathToFileURL(path).href, new SyntaxError('x'))).toEqual({
    file: path,
    line: 2,
    column: 6,
    through: [],
  });
});

test('an error of an imported file has the place in that file, and the way to it', () => {
  const broken = written('broken.mjs', 'export const x = 1;\nexport const y = ;\n');
  const between = written('between.mjs', "export { y } from './broken.mjs';\n");
  const path = written('imports.mjs', "import { y } from './between.mjs';\nexport default y;\n");
  const place = (error: unknown) => placeInModule(pathToFileURL(path).href, error);
  expect(place(new SyntaxError('x'))).toEqual({ file: broken, line: 2, column: 18, through: [path, between] });
  const thrown = Object.assign(new Error('x'), { stack: `Error: x\n    at ${pathToFileURL(between).href}:7:3\n` });
  expect(place(thrown)).toEqual({ file: between, line: 7, column: 3, through: [path] });
});

test('an import that finds nothing has the place where it is written', () => {
  const asking = written('asking.mjs', "\n\nimport x from './gone.mjs';\nimport y from 'no-such/package';\n");
  const path = written('asks.mjs', "import './asking.mjs';\n");
  const gone = join(top, 'gone.mjs');
  const missing = (what: string) =>
    Object.assign(new Error(`Cannot find ${what} imported from ${asking}`), { code: 'ERR_MODULE_NOT_FOUND' });
  const place = (error: unknown) => placeInModule(pathToFileURL(path).href, error);
  const file = { file: asking, through: [path] };
  expect(place(missing(`module '${gone}'`))).toEqual({ ...file, line: 3, column: 15 });
  expect(place(missing("package 'no-such'"))).toEqual({ ...file, line: 4, column: 15 });
});

test('numbers beyond all sense are refused where they stand', async () => {
  const files = pair({
    topology: 'sites:\n  east: { cluster: kind.yaml, manifests: [app.yaml] }\nlink: { delayMs: 1e30 }\n',
  });
  expect((await problemsOf(files))[0]).toMatchObject({ file: 'topology.yaml', line: 3 });
  const sets = ['east/Deployment/web:spec.replicas=1e99'];
  expect((await problemsOf(pair(), { sets }))[0]?.message).toMatch(/replicas.*150000/);
});

test.each(['', '{"n":0,"ty'])(
  'a run that broke off before its first whole event (`%s`) is inconclusive, not bad input',
  async (text) => {
    const folder = mkdtempSync(join(top, 'run-'));
    writeFileSync(join(folder, 'run.lock'), JSON.stringify({ pid: 2 ** 22 + 1, scenarioPath: '', repeat: 'again' }));
    writeFileSync(join(folder, 'timeline.jsonl'), text);
    const { code, err } = await call(['judge', folder]);
    expect(code).toBe(3);
    expect(err).toMatch(/before its first event/);
  },
);

test.each(['null', '5', '[]', '{}', '"x"'])('an undo journal with the line `%s` is refused by line', async (line) => {
  const folder = mkdtempSync(join(top, 'run-'));
  writeFileSync(join(folder, 'undo.jsonl'), `{"kind":"run","platform":"simulated","scenario":"x"}\n${line}\n`);
  const { code, err } = await call(['heal', folder]);
  expect(code).toBe(2);
  expect(err).toMatch(/undo\.jsonl:2 /);
});

test.each(['__proto__', 'constructor', 'toString'])(
  'the platform `%s` is as unknown as any other',
  async (platform) => {
    const { code, err } = await call(['plan', 'etcd-leader-loss', '--platform', platform]);
    expect(code).toBe(2);
    expect(err).toMatch(/Platforms: simulated, kind\./);
  },
);

test('a CSV in a scenario has lines of its own', async () => {
  const path = written('csv.mjs', `import { csvProfile } from ${index};\n\n\ncsvProfile('\\ufeff0,1\\n1,-5')`);
  const { err } = await call(['plan', path]);
  expect(err).toMatch(/^csv:2 {2}Expected column 2/);
});

test('whatever a scenario throws is told in words', async () => {
  const { code, err } = await call(['plan', written('evil.mjs', 'throw { toString() { throw 1 } }')]);
  expect(code).toBe(2);
  expect(err).toMatch(/cannot be shown/);
  expect((await call(['plan', written('long.mjs', 'throw "x".repeat(1e6)')])).err.length).toBeLessThan(2_000);
});

test('a file that is no timeline at all is told by its first lines', async () => {
  const folder = mkdtempSync(join(top, 'run-'));
  writeFileSync(join(folder, 'timeline.jsonl'), 'x\n'.repeat(5_000));
  const { code, err } = await call(['judge', folder]);
  expect(code).toBe(2);
  expect(err.split('\n').length).toBeLessThan(150);
});

test('names that objectives and stop conditions go by are looked for before the run', async () => {
  const path = written(
    'names.mjs',
    `import { availability, constant, defineScenario, neverBelow, syncLag } from ${index};
export default defineScenario({
  name: 'names', title: 'T', proves: 'P', topology: 'dual-site', load: constant({ rateRps: 5 }), limitMs: 9000, faults: {},
  objectives: [
    availability({ of: 'orders', site: 'est', ratioMin: 0.9 }),
    availability({ of: 'orders', channel: 'shopers', ratioMin: 0.9 }),
    neverBelow({ workload: 'ordrs', replicasMin: 1 }),
    syncLag({ of: 'order', msMax: 5 }),
  ],
  stopWhen: [{ service: 'orders', site: 'wst', successRatioMin: 0.5, forMs: 5 }],
  story: ({ story, when, ends }) => story({ initial: 'a', states: { a: { when: when('load.started', 'z') }, z: ends('expected') } }),
});`,
  );
  const { code, err } = await call(['plan', path]);
  expect(code).toBe(2);
  for (const near of ['east', 'shoppers', 'orders', 'west']) expect(err).toContain(`Did you mean "${near}"`);
  expect(err).toMatch(/no replication `order`/);
  const places = ['5:40', '6:43', '7:28', '8:19', '10:41'].map((place) => `${path}:${place}  `);
  for (const place of places) expect(err).toContain(place);
});

test('a target, a service and the load are told at their words, also in a file that the scenario imports', async () => {
  written('target.mjs', "export const whom = { site: 'east', workload: 'ordrs' };\n");
  const path = written(
    'targets.mjs',
    `import { availability, constant, defineScenario, killPod } from ${index};
import { whom } from './target.mjs';
export default defineScenario({
  name: 'targets', title: 'T', proves: 'P', topology: 'dual-site', load: constant({ service: 'oders', rateRps: 5 }), limitMs: 9000,
  faults: { kill: killPod(whom) },
  objectives: [availability({ of: 'ordes', ratioMin: 0.9 })],
  story: ({ story, when, ends, inject }) => story({ initial: 'a', states: { a: { entry: inject('kill'), when: when('load.started', 'z') }, z: ends('expected') } }),
});`,
  );
  const { code, err } = await call(['plan', path]);
  expect(code).toBe(2);
  expect(err).toContain(`${join(top, 'target.mjs')}:1:47  fault \`kill\``);
  expect(err).toContain(`${path}:4:94  Expected the load to name one business service`);
  expect(err).toContain(`${path}:6:35  No service \`ordes\``);
});

test('options that would only fail after a long run are refused before it', async () => {
  const { code, err } = await call(['run', 'etcd-leader-loss', '--junit', top, '--node-image', '', '--peak', '1e99']);
  expect(code).toBe(2);
  expect(err).toMatch(/--junit to name a file/);
  expect(err).toMatch(/--node-image to name an image/);
  expect(err).toMatch(/--peak to be a number .* at most 1000000000/);
  expect((await call(['run', 'etcd-leader-loss', '--junit', ' '])).err).toMatch(/--junit to name a file, got nothing/);
  expect((await call(['init', ''])).code).toBe(2);
});

test.runIf(process.platform === 'linux')('a pipe among the files of a run is refused, not waited for', async () => {
  const folder = mkdtempSync(join(top, 'run-'));
  for (const name of ['timeline.jsonl', 'undo.jsonl', 'record.json', 'run.lock'])
    execFileSync('mkfifo', [join(folder, name)]);
  for (const words of [
    ['judge', folder],
    ['heal', folder],
    ['diff', folder, folder],
  ]) {
    const { code, err } = await call(words);
    expect(code).toBe(2);
    expect(err).toMatch(/device or a pipe/);
  }
});

test.each(['{"pid":1e99}', '{"pid":7,"scenarioPath":5,"repeat":7}', '[]', 'null'])(
  'the lock `%s` is none',
  async (lock) => {
    const folder = mkdtempSync(join(top, 'run-'));
    writeFileSync(join(folder, 'run.lock'), lock);
    expect((await call(['judge', folder])).code).toBe(2);
    expect((await call(['heal', folder])).code).toBe(2);
  },
);

test.runIf(process.platform === 'linux')('a result is written to a pipe and does not take its place', async () => {
  const pipe = join(top, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = spawn('cat', [pipe]);
  const text = await new Promise((resolve) => {
    reader.stdout.once('data', (bytes) => resolve(String(bytes)));
    writeResult(pipe, 'result');
  });
  expect(text).toBe('result');
  expect(statSync(pipe).isFIFO()).toBe(true);
});

function written(name: string, text: string): string {
  const path = join(top, name);
  writeFileSync(path, text);
  return path;
}

test('a wrong word of a scenario is told at its first place, with the number of others', async () => {
  const folder = join(top, 'wrong-word');
  await call(['init', folder]);
  const path = join(folder, 'pod-loss.mjs');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/(after: |inject\()'kill-pod'/g, "$1'kil-pod'"));
  const { code, err } = await call(['plan', path]);
  expect(code).toBe(2);
  expect(err).toMatch(
    /pod-loss\.mjs:\d+:37 .* names the fault `kil-pod`.*\n.*kill-pod.* It is written in 1 more place\./,
  );
});

test('what a scenario throws while its run goes on heals the run and ends it inconclusive, with its file and line', async () => {
  const out = join(mkdtempSync(join(top, 'stray-')), 'run');
  const late = Object.assign(new Error('late'), { stack: 'Error: late\n    at Timeout (file:///their/own.mjs:7:3)\n' });
  let thrown = false;
  const { code, err } = await call(['run', 'pod-kill', '--seed', '1', '--out', out], {
    onErr: (text, _, stray) => {
      if (thrown || !text.includes('kill-')) return;
      thrown = true;
      stray(late);
      stray(new Error('another'));
    },
  });
  expect(code).toBe(3);
  expect(err).toMatch(/\/their\/own\.mjs:7:3 {2}The scenario file threw while its run went on: late\n/);
  expect(err).not.toMatch(/another/);
  const record = JSON.parse(readFileSync(join(out, 'record.json'), 'utf8'));
  expect(record.because ?? JSON.stringify(record)).toContain('/their/own.mjs:7:3');
  expect(readFileSync(join(out, 'timeline.jsonl'), 'utf8')).toMatch(/"fault\.healed"[\s\S]*"phase":"teardown"/);
});

test('a signal of its own does not hide an error of ours', async () => {
  const own = new Error('a defect');
  let thrown = false;
  const { code, err } = await call(['run', 'pod-kill', '--seed', '1', '--out', join(top, 'own')], {
    onErr: (text, _, stray) => {
      if (thrown || !text.includes('kill-')) return;
      thrown = true;
      stray(
        Object.assign(own, {
          stack: `Error: a defect\n    at x (${new URL('../../src/x.ts', import.meta.url).href}:1:1)`,
        }),
      );
    },
  });
  expect(code).toBe(70);
  expect(err).toMatch(/a defect/);
});
