import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockPair, pairOwner } from '../../../../src/platform/kind/provision/pair-lock.ts';

const fresh = () => mkdtempSync(join(tmpdir(), 'lock-'));

test('a pair has one owner until it is let go', () => {
  const folder = fresh();
  const release = lockPair(folder);
  expect(pairOwner(folder)?.pid).toBe(process.pid);
  expect(() => lockPair(folder)).toThrow(`process ${process.pid} has them in hand`);
  release();
  expect(pairOwner(folder)).toBeUndefined();
  lockPair(folder)();
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1 })],
  ['a process whose number was given away again', JSON.stringify({ pid: process.pid, processStart: '1' })],
  ['no process at all', 'torn'],
])('the lock of %s is taken over', (_, text) => {
  const folder = fresh();
  writeFileSync(join(folder, 'pair.lock'), text);
  expect(pairOwner(folder)).toBeUndefined();
  lockPair(folder)();
  expect(readdirSync(folder)).toEqual([]);
});
