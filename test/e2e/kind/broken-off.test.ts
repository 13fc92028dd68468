/** Making a pair broken off in the middle: what is left, by Docker's own word. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { projectRoot } from '../../../src/base/host.ts';
import type { Pair } from '../../../src/compose/pair-files.ts';
import { connectEngine } from '../../../src/platform/kind/engine.ts';
import { findLeftovers } from '../../../src/platform/kind/provision/leftovers.ts';
import { elevenproof, workFolder } from './elevenproof.ts';

const lean = join(projectRoot(), 'test', 'e2e', 'kind', 'lean-pair');

/** Begins to make a pair, sends the signal once, two seconds after its nodes began to start; gives the exit code and the pair's id. */
async function breakOff(folder: string, signal: NodeJS.Signals): Promise<{ code: number | null; id: string }> {
  const file = join(folder, 'reports', 'pairs', 'broken', 'pair.json');
  let id = '';
  const { code } = await elevenproof(folder, ['up', '--topology', lean, '--name', 'broken'], (text, child) => {
    if (id !== '' || !text.includes('… Preparing nodes')) return;
    id = (JSON.parse(readFileSync(file, 'utf8')) as Pair).ground.id;
    setTimeout(() => child.kill(signal), 2_000);
  });
  return { code, id };
}

/** What is there of the pair; undefined for nothing. */
async function left(id: string) {
  return (await findLeftovers(await connectEngine())).find((each) => each.id === id);
}

test('an interrupt removes what was begun', async () => {
  const folder = workFolder();
  const { code, id } = await breakOff(folder, 'SIGINT');
  expect(code).toBe(4);
  expect(await left(id)).toBeUndefined();
  expect(readdirSync(join(folder, 'reports'))).toEqual([]);
});

test('after kill -9 down removes it, also while kind still works', async () => {
  const folder = workFolder();
  const { code, id } = await breakOff(folder, 'SIGKILL');
  expect(code).toBeNull();
  expect(await left(id)).toMatchObject({ id });
  expect(await elevenproof(folder, ['down', 'broken'])).toMatchObject({ code: 0 });
  // kind was not killed: what it starts from here on finds no network.
  await pause(10_000);
  expect(await left(id)).toBeUndefined();
});

test('what no folder knows is removed by its id', async () => {
  const folder = workFolder();
  const { id } = await breakOff(folder, 'SIGKILL');
  expect(await elevenproof(workFolder(), ['down', id])).toMatchObject({ code: 0, out: `Removed: ${id}.\n` });
  await pause(10_000);
  expect(await left(id)).toBeUndefined();
});
