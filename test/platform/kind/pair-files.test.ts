/** What a pair keeps in its folder. */
import { mkdtempSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTopology } from '../../../src/compose/topology/read-topology.ts';
import { planGround } from '../../../src/platform/kind/ground.ts';
import { folderOf, handleOf, readPair, writePair } from '../../../src/platform/kind/pair-files.ts';

const topology = await readTopology('dual-site-small');
const inFolder = (folder: string) => planGround(topology, { id: 'ep-00aa11', folder, subnet: '172.20.4.0/22' });
const emptyFolder = () => join(mkdtempSync(join(tmpdir(), 'pair-')), 'pair');

test('what was written is read back by the folder that a handle names, which nobody else may look into', () => {
  const folder = emptyFolder();
  const pair = { name: 'mine', ground: inFolder(folder), from: 'dual-site-small', topology, versions: {} };
  writePair(pair);
  expect(readPair(folderOf(handleOf(pair.ground)))).toEqual(JSON.parse(JSON.stringify(pair)));
  expect(statSync(folder).mode & 0o077).toBe(0);
});

test('a folder that was moved is where it is, not where it was', () => {
  const folder = emptyFolder();
  writePair({ name: 'mine', ground: inFolder(folder), from: 'dual-site-small', topology, versions: {} });
  renameSync(folder, `${folder}-moved`);
  expect(readPair(`${folder}-moved`).ground.folder).toBe(`${folder}-moved`);
});

test('a folder without a pair and the handle of another platform are told apart from what can be attached', () => {
  expect(() => readPair(emptyFolder())).toThrow('Failed to read the pair in');
  expect(() => folderOf({ platform: 'simulated' })).toThrow('Expected the handle of a pair of kind clusters');
});
