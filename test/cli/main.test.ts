import { expect, test } from 'vitest';
import { projectVersion } from '../../src/base/host.ts';
import { helpText } from '../../src/cli/help-text.ts';
import { wantsColours } from '../../src/cli/io.ts';
import { createProgram } from '../../src/cli/program.ts';
import { call } from './call.ts';

test('the help that loads nothing says what the commands declare', () => {
  let text = '';
  const io = {
    out: (part: string) => {
      text += part;
    },
    err: () => undefined,
    columns: undefined,
    coloured: false,
    invocation: 'elevenproof' as const,
    onInterrupt: () => () => undefined,
    onStrayError: () => () => undefined,
    leave: () => undefined,
  };
  createProgram({ io, finish: () => undefined }).outputHelp();
  expect(text).toBe(helpText);
});

test.each([['--help'], ['-h'], ['help'], [undefined]])('%s prints the help and is no error', async (word) => {
  expect(await call(word === undefined ? [] : [word])).toMatchObject({ code: 0, out: helpText, err: '' });
});

test('the version is that of package.json', async () => {
  expect(await call(['--version'])).toMatchObject({ code: 0, out: `${projectVersion()}\n` });
});

test('every command has a help of its own', async () => {
  const names = [...helpText.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1]!).filter((name) => name !== 'help');
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) {
    const { code, out } = await call([name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`elevenproof ${name}`);
  }
});

test.each([
  [['rnu'], 'Did you mean run?'],
  [['run', 'x', '--sede', '1'], 'Did you mean --seed?'],
  [['run'], 'missing required argument'],
  [['diff', 'a'], 'missing required argument'],
  [['show', 'a', 'b'], 'too many arguments'],
])('%j is bad input with a hint', async (argv, hint) => {
  const { code, out, err } = await call(argv);
  expect(code).toBe(2);
  expect(err).toContain(hint);
  expect(out).toBe('');
});

test('words of the command line come back without their escapes', async () => {
  const { code, err } = await call(['x\u001b]0;owned\u0007\u001b[2J']);
  expect(code).toBe(2);
  expect(err).toContain("unknown command 'x'");
});

test('every wrong option is told at once, without a stack', async () => {
  const { code, err } = await call([
    'run',
    'etcd-leader-loss',
    '--seed',
    'xyz',
    '--scale',
    '0',
    '--peak',
    '-5',
    '--set',
    'nonsense',
    '--repeat',
    '0',
    '--platform',
    'simulatde',
  ]);
  expect(code).toBe(2);
  for (const part of ['--seed', '--scale', '--peak', '`-5`', '--set', '--repeat', 'Did you mean "simulated"?'])
    expect(err).toContain(part);
  expect(err).not.toContain('    at ');
});

test('clusters that already exist are refused with a hint before anything is touched', async () => {
  const { code, err } = await call(['run', 'etcd-leader-loss', '--platform', 'kubeconfig']);
  expect(code).toBe(2);
  expect(err).toContain('--platform kind or simulated');
});

test('options of real clusters are refused on a simulated run, all at once', async () => {
  const { code, err } = await call(['run', 'etcd-leader-loss', '--keep', '--reuse', 'mine', '--load', 'none']);
  expect(code).toBe(2);
  for (const option of ['--keep', '--reuse', '--load'])
    expect(err).toContain(`Expected ${option} together with --platform kind`);
});

test('heal wants a run, or all of them', async () => {
  expect(await call(['heal'])).toMatchObject({ code: 2, err: expect.stringContaining('elevenproof heal --all') });
});

test('a scenario that does not exist is bad input that names the nearest', async () => {
  const { code, err } = await call(['run', 'etcd-leader-los', 'nothing-like-it']);
  expect(code).toBe(2);
  expect(err).toContain('Did you mean "etcd-leader-loss"?');
  expect(err).toContain('nothing-like-it');
});

test('colours need a terminal and are off with NO_COLOR', () => {
  expect(wantsColours({}, true)).toBe(true);
  expect(wantsColours({}, false)).toBe(false);
  expect(wantsColours({ NO_COLOR: '1' }, true)).toBe(false);
  expect(wantsColours({ NO_COLOR: '' }, true)).toBe(true);
  expect(wantsColours({ TERM: 'dumb' }, true)).toBe(false);
});
