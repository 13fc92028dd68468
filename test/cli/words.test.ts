import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { helpText } from '../../src/cli/help-text.ts';
import { seedAfter } from '../../src/cli/run-options.ts';
import { sweepLines, sweepReport } from '../../src/cli/sweep-report.ts';
import { createColours } from '../../src/report/console/colours.ts';
import { call, freshFolder, starterScenario } from './call.ts';

const starter = starterScenario();

test('list shows every scenario with what it proves', async () => {
  const { code, out } = await call(['list']);
  expect(code).toBe(0);
  expect(out).toMatch(/etcd-leader-loss +An odd-sized etcd survives/);
});

test.each(['faults', 'objectives', 'facts', 'profiles', 'verbs', 'topologies'])(
  'list %s says something of each',
  async (kind) => {
    const entries = JSON.parse((await call(['list', kind, '--json'])).out) as { name: string; says: string }[];
    expect(entries.length).toBeGreaterThan(1);
    expect(entries.filter((entry) => entry.says === '').map((entry) => entry.name)).toEqual([]);
  },
);

test('list of something unknown names the nearest', async () => {
  const { code, err } = await call(['list', 'fault']);
  expect(code).toBe(2);
  expect(err).toContain('Did you mean "faults"?');
});

test('show prints the story as a diagram', async () => {
  const { out } = await call(['show', 'etcd-leader-loss']);
  expect(out).toMatch(/^stateDiagram-v2\n {2}\[\*\] --> s1\n/);
});

test('plan says what run would do and touches nothing', async () => {
  const { code, out } = await call([
    'plan',
    'etcd-leader-loss',
    '--no-faults',
    '--peak',
    '400',
    '--twin',
    'single-member',
  ]);
  expect(code).toBe(0);
  for (const part of [
    'east   active',
    'peak 400/s',
    'Faults (off',
    'kill-leader',
    '≤ 15 s',
    'Changes',
    'at most 5 min',
  ])
    expect(out).toContain(part);
});

test('plan names the sabotage twins, and gives all of it as JSON', async () => {
  expect((await call(['plan', 'etcd-leader-loss'])).out).toMatch(
    /single-member +site east has a single etcd member +must/,
  );
  const { out } = await call(['plan', 'etcd-leader-loss', '--json', '--dud', 'kill-leader']);
  expect(JSON.parse(out)).toMatchObject({
    scenario: { name: 'etcd-leader-loss', limitMs: 300_000 },
    topology: { name: 'dual-site' },
    load: { service: 'orders', channels: [{ name: 'shoppers', rateRpsPeak: 1_000 }] },
    faults: [
      { name: 'kill-leader', dud: true },
      { name: 'stop-leader', dud: false },
    ],
    twins: [{ name: 'single-member' }],
  });
});

test('every command that gives a result gives it as JSON, too', async () => {
  for (const [, name] of helpText.matchAll(/^ {2}((?!help)[a-z]+) \[options\]/gm))
    expect((await call([name!, '--help'])).out).toContain('--json');
  expect(JSON.parse((await call(['show', 'pod-kill', '--json'])).out)).toMatchObject({ initial: 'peak' });
  const folder = join(freshFolder(), 'starter');
  expect(JSON.parse((await call(['init', folder, '--json'])).out).files).toContain(join(folder, 'pod-loss.mjs'));
});

test('plan refuses what run would refuse', async () => {
  expect((await call(['plan', 'etcd-leader-loss', '--dud', 'nothing'])).code).toBe(2);
});

test('a starter runs as it is, and init overwrites nothing', async () => {
  const folder = join(freshFolder(), 'mine');
  expect((await call(['init', folder])).code).toBe(0);
  expect(existsSync(join(folder, 'node_modules', 'elevenproof', 'package.json'))).toBe(true);
  const scenario = join(folder, 'pod-loss.mjs');
  const before = readFileSync(scenario, 'utf8');
  const again = await call(['init', folder]);
  expect(again.code).toBe(2);
  expect(again.err.match(/Expected no such file yet/g)).toHaveLength(4);
  expect(readFileSync(scenario, 'utf8')).toBe(before);
});

test('the twin of the starter flips what it names and keeps the rest', async () => {
  const { code, out } = await call([
    'run',
    starter,
    '--seed',
    '1',
    '--twin',
    'one-pod',
    '--out',
    join(freshFolder(), 'r'),
  ]);
  expect(code).toBe(1);
  expect(out).toMatch(/✗ availability of orders/);
  expect(out).toMatch(/✓ recovery of orders/);
});

test('doctor finds this machine fit for the simulator, whatever it lacks for real clusters', async () => {
  const { code, out } = await call(['doctor', '--json']);
  expect(code).toBe(0);
  const { fit, findings } = JSON.parse(out) as { fit: boolean; findings: { name: string; state: string }[] };
  expect(fit).toBe(true);
  expect(findings.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['node', 'docker', 'kind', 'k6', 'memory', 'cores', 'inotify', 'leftovers']),
  );
});

test('doctor judges real clusters by a topology, and knows which platforms there are', async () => {
  const kind = await call(['doctor', '--platform', 'kind', '--node-image', 'nowhere.invalid/node:v1.34.0']);
  expect(kind.code).toBe(2);
  expect(kind.out).toContain('Not fit for platform kind.');
  expect((await call(['doctor', '--platform', 'kin'])).err).toContain('Did you mean "kind"?');
  expect((await call(['doctor', '--topology', 'dual-sit'])).err).toContain('Did you mean "dual-site"?');
});

test('a sweep counts standings, spreads figures and is 0 when all are met', async () => {
  const { code, out } = await call(['sweep', starter, '--seeds', '3', '--from', 'fe', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ seeds: 3, tally: { met: 3, missed: 0, unknown: 0 } });
});

test('when every seed is met the worst are those that hold the worst of most figures', () => {
  const result = (seed: string, recoveryMs: number, okRatio: number) => ({
    seed,
    standing: 'met' as const,
    exitCode: 0,
    figures: [
      { objective: 'recovery', name: 'recoveryMs', value: recoveryMs },
      { objective: 'availability', name: 'okRatio', value: okRatio },
      { objective: 'audit', name: 'lostOrders', value: 0 },
      { objective: 'audit', name: 'acknowledgedOrders', value: recoveryMs },
    ],
    standings: [],
  });
  const results = [result('1', 900, 0.99), result('2', 2_100, 0.98), result('3', 1_000, 1)];
  const options = { scale: 1, platform: 'simulated', sets: [], noFaults: false, duds: [], allowCommands: false };
  const report = sweepReport('x', results, options);
  expect(report.worst).toEqual([
    {
      seed: '2',
      why: 'met, and the worst in recovery, recoveryMs 2.1 s; availability, okRatio 98 %',
      repeat: 'elevenproof run x --seed 2',
    },
  ]);
  expect(report.figures.map((each) => each.worstSeed)).toEqual(['2', '2', undefined, undefined]);
});

test('a sweep worse than asked is 1 and gives the repeat commands of the worst seeds', async () => {
  const argv = ['sweep', starter, '--seeds', '2', '--dud', 'kill-pod'];
  const { code, out } = await call(argv);
  expect(code).toBe(1);
  expect(out).toContain('0 of 2 seeds met');
  expect(out).toContain(`elevenproof run ${starter} --seed 1 --dud kill-pod`);
  expect((await call([...argv, '--met-min', '0'])).code).toBe(0);
});

test('bad input of a sweep shows once', async () => {
  const { code, err } = await call(['sweep', starter, '--seeds', '5', '--dud', 'nothing']);
  expect(code).toBe(2);
  expect(err.match(/nothing/g)).toHaveLength(1);
});

test('seeds follow each other in hexadecimal and wrap after the last', () => {
  expect(seedAfter('1', 199)).toBe('c8');
  expect(seedAfter('ffffffffffffffff', 1)).toBe('0');
});

test('missed seeds stand before broken and unknown ones', () => {
  const result = (seed: string, standing: 'met' | 'missed' | 'unknown') => ({
    seed,
    standing,
    exitCode: 0,
    figures: [],
    standings: [{ objective: 'o', standing, received: 'r' }],
  });
  const options = { scale: 1, platform: 'simulated', sets: [], noFaults: false, duds: [], allowCommands: false };
  const report = sweepReport('x', [result('1', 'unknown'), result('2', 'met'), result('3', 'missed')], options);
  expect(report.worst.map((each) => each.seed)).toEqual(['3', '1']);
  expect(report.tally).toEqual({ met: 1, missed: 1, unknown: 1 });
  expect(sweepLines(report, { colours: createColours(false) }).join('\n')).toContain(
    'x: 1 of 3 seeds met, 1 missed, 1 unknown',
  );
});
