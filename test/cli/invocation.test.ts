/** Printed commands begin as the user began. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asTyped, invocationOf } from '../../src/cli/invocation.ts';
import { call, freshFolder, starterScenario } from './call.ts';

const npx = { npm_execpath: '/npm-cli.js', npm_command: 'exec', npm_lifecycle_event: 'npx' };

test.each([
  [{}, 'elevenproof'],
  [npx, 'npx elevenproof'],
  [{ ...npx, npm_lifecycle_script: "'elevenproof'" }, 'npx elevenproof'],
  [{ ...npx, npm_lifecycle_script: "'vitest'" }, 'elevenproof'],
  [{ ...npx, npm_execpath: undefined }, 'elevenproof'],
  [{ ...npx, npm_command: 'run-script', npm_lifecycle_event: 'chaos' }, 'elevenproof'],
])('the environment %j means %s', (env, expected) => {
  expect(invocationOf(env)).toBe(expected);
});

test('every command of the help is typed anew, and nothing else', async () => {
  const { out } = await call(['--help']);
  const names = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name).filter((name) => name !== 'help');
  expect(names.length).toBeGreaterThan(9);
  for (const name of names)
    expect(asTyped(`elevenproof ${name} x`, 'npx elevenproof')).toBe(`npx elevenproof ${name} x`);
  for (const text of ['this copy of elevenproof (not installed)', './elevenproof run', 'npx elevenproof run'])
    expect(asTyped(text, 'npx elevenproof')).toBe(text);
});

test('through npx a run, a refusal and init print npx; the record does not', async () => {
  const invocation = 'npx elevenproof';
  const folder = join(freshFolder(), 'run');
  const { out } = await call(['run', starterScenario(), '--seed', '1', '--out', folder], { invocation });
  expect(out).toMatch(/^Repeat {2}npx elevenproof run /m);
  expect(JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8')).repeat).toMatch(/^elevenproof run /);
  expect((await call(['plan', './none.mjs'], { invocation })).err).toContain('`npx elevenproof list`');
  expect((await call(['init', freshFolder()], { invocation })).out).toMatch(/^Run it +npx elevenproof run /m);
});
