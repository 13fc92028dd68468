/** A result written to a file that the user named. Apart so that a path that cannot be written is bad input, not a defect. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError, type Problem } from '../base/errors.ts';
import { makeFolders } from '../base/make-folders.ts';
import { whyUnwritten } from '../base/writing.ts';
import { writeWhole } from '../report/record.ts';

/** What is wrong with a path before there is anything to write; empty when nothing is known to be. A long run should not end with this news. */
export function checkResultPath(flag: string, path: string | undefined): readonly Problem[] {
  if (path === undefined) return [];
  if (path.trim() === '') return [{ message: `Expected ${flag} to name a file, got nothing` }];
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.isDirectory() === true
    ? [{ message: `Expected ${flag} to name a file, got the folder \`${path}\`` }]
    : [];
}

/** Writes the file whole, with the folders above it. Throws an InputError when it cannot. */
export async function writeResult(path: string, text: string): Promise<void> {
  try {
    makeFolders(dirname(path));
    writeWhole(path, text);
  } catch (error) {
    throw new InputError({
      file: path,
      message: `Expected a file that can be written, ${whyUnwritten(error) ?? String(error)}`,
    });
  }
}
