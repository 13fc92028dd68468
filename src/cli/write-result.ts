/** A result written to a file that the user named. Apart so that a path that cannot be written is bad input, not a defect. */
import { dirname } from 'node:path';
import { InputError } from '../base/errors.ts';
import { makeFolders } from '../base/make-folders.ts';
import { writeWhole } from '../report/record.ts';

/** Writes the file whole, with the folders above it. Throws an InputError when it cannot. */
export async function writeResult(path: string, text: string): Promise<void> {
  try {
    makeFolders(dirname(path));
    writeWhole(path, text);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new InputError({ file: path, message: `Expected a file that can be written, got ${code}` });
  }
}
