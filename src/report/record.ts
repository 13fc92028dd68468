/** The record as a file. Apart because it must never be seen half-written: a run folder has a whole record or none. */
import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../base/errors.ts';
import { readPlainFile, whyUnread } from '../base/plain-file.ts';
import type { RunRecord } from '../domain/record.ts';

/** The record as JSON with a final line break: what `record.json` holds and what `--json` prints. */
export function recordJson(record: RunRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Writes `record.json` into the folder: beside it first, then renamed over it. */
export function writeRecord(folder: string, record: RunRecord): void {
  writeWhole(join(folder, 'record.json'), recordJson(record));
}

/** Writes a file so that nobody ever reads half of it. What is no plain file (`/dev/stdout`, a pipe) is written to and never replaced. */
export function writeWhole(path: string, text: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined || there.isFile()) writeBeside(path, text);
  else writeFileSync(path, text);
}

function writeBeside(path: string, text: string): void {
  const beside = `${path}.${randomUUID()}.part`;
  try {
    writeFileSync(beside, text, { flag: 'wx' });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Reads the record of a run folder, or a record file itself. Throws an InputError when there is none, or when it is not a record; every problem at once. */
export async function readRecord(folderOrFile: string): Promise<RunRecord> {
  const file = (await isFolder(folderOrFile)) ? join(folderOrFile, 'record.json') : folderOrFile;
  const text = read(file);
  const { checkRecord } = await import('./record-schema.ts');
  return checkRecord(parse(file, text), file);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** A record holds verdicts and figures, no events. */
const mebibytesMax = 64;

function read(file: string): string {
  try {
    return readPlainFile(file, mebibytesMax).toString();
  } catch (error) {
    const hint = missingHint(error as NodeJS.ErrnoException);
    throw new InputError({ file, message: `Expected a record, but ${whyUnread(error)}`, hint });
  }
}

function missingHint(error: NodeJS.ErrnoException): string {
  return error.code === 'ENOENT'
    ? 'A run writes record.json when it ends. One that broke off has only its timeline: elevenproof judge <run-folder>.'
    : 'Give a run folder, or a record.json.';
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError({ file, message: `Expected JSON, got ${(error as Error).message}` });
  }
}
