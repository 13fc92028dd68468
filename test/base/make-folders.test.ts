import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolders } from '../../src/base/make-folders.ts';

const top = mkdtempSync(join(tmpdir(), 'folders-'));
afterAll(() => rmSync(top, { recursive: true }));

test('makes every missing folder and gives the topmost', () => {
  expect(makeFolders(join(top, 'a', 'b', 'c'))).toBe(join(top, 'a'));
  expect(existsSync(join(top, 'a', 'b', 'c'))).toBe(true);
  expect(makeFolders(join(top, 'a', 'b'))).toBeUndefined();
});

test.runIf(process.platform === 'linux')('ends where folders are denied as "not found"', () => {
  expect(() => makeFolders('/proc/no/such')).toThrow(/ENOENT/);
});

test('a file, a file in the path, a loop and a dangling link are refused', () => {
  writeFileSync(join(top, 'file'), '');
  symlinkSync('loop', join(top, 'loop'));
  symlinkSync('nowhere', join(top, 'dangling'));
  expect(() => makeFolders(join(top, 'file'))).toThrow(/is a file/);
  expect(() => makeFolders(join(top, 'file', 'x'))).toThrow(/ENOTDIR/);
  expect(() => makeFolders(join(top, 'loop', 'x'))).toThrow(/ELOOP/);
  expect(() => makeFolders(join(top, 'dangling', 'x'))).toThrow(/ENOENT/);
});
