/** Every record that a path stands for. Apart from single run folders because evidence that is kept is sorted into folders of folders. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/errors.ts';
import type { RunRecord } from '../domain/record.ts';
import { readRecord } from '../report/record.ts';

/** Folders deeper than this are not looked into: evidence is sorted by platform and scenario, no further. */
const depthMax = 4;

/** Reads all records of the paths: each a record file, a run folder, or a folder of such. Throws an InputError with every record that cannot be read, and for a path without any. */
export async function readRecords(paths: readonly string[]): Promise<readonly RunRecord[]> {
  const found = paths.map((path) => ({ path, files: recordsAt(path, depthMax) }));
  const empty = found.filter(({ files }) => files.length === 0);
  const results = await Promise.allSettled([...new Set(found.flatMap(({ files }) => files))].map(readRecord));
  const problems = results.flatMap((result) => {
    if (result.status === 'fulfilled') return [];
    if (result.reason instanceof InputError) return result.reason.problems;
    throw result.reason;
  });
  const without = empty.map(({ path }) => ({ file: path, message: 'Expected records, found no record.json in there' }));
  if (problems.length + without.length > 0) throw new InputError([...without, ...problems]);
  return results.map((result) => (result as PromiseFulfilledResult<RunRecord>).value);
}

/** Record files, in order of their paths. A path that is no folder is taken for one, so that reading it says what is wrong. */
export function recordsAt(path: string, depth: number): readonly string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const entries = readdirSync(path, { withFileTypes: true });
  if (entries.some((entry) => entry.name === 'record.json')) return [join(path, 'record.json')];
  if (depth === 0) return [];
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(path, entry.name))
    .sort()
    .flatMap((folder) => recordsAt(folder, depth - 1));
}
