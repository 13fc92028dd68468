/** Files of a run that only grow: opened for this run alone, written at once, flushed when asked. Apart because the journal and the timeline must both survive a kill. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, OperatingError } from '../base/errors.ts';
import { makeFolders } from '../base/make-folders.ts';
import { whyUnwritten } from '../base/writing.ts';

/** A file that only grows. */
export interface GrowingFile {
  /** Written, not yet flushed. */
  append(text: string): void;
  /** On disk when it returns. */
  sync(): void;
  close(): void;
}

/** Creates the folder if need be and the file in it. Throws an {@link InputError} when the file is there already or cannot be made. */
export function createGrowingFile(folder: string, name: string): GrowingFile {
  return growing(openFile(folder, name, 'wx'), join(folder, name));
}

/** Opens a file of a run that is there already, to write on. */
export function reopenGrowingFile(folder: string, name: string): GrowingFile {
  return growing(openFile(folder, name, 'a'), join(folder, name));
}

function growing(descriptor: number, file: string): GrowingFile {
  let open = true;
  /** A full disk is no defect of ours. */
  const writing = (act: () => void) => {
    try {
      act();
    } catch (error) {
      throw new OperatingError(`Failed to write ${file}: ${whyUnwritten(error) ?? String(error)}`);
    }
  };
  return {
    append: (text) => {
      const bytes = Buffer.from(text);
      writing(() => {
        for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
      });
    },
    sync: () => writing(() => fsyncSync(descriptor)),
    close: () => {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

function openFile(folder: string, name: string, flags: 'wx' | 'a'): number {
  try {
    if (flags === 'wx') makeFolders(folder);
    return openSync(join(folder, name), flags);
  } catch (error) {
    throw new InputError(problemOf(error as NodeJS.ErrnoException, folder, name));
  }
}

function problemOf(error: NodeJS.ErrnoException, folder: string, name: string) {
  const file = join(folder, name);
  switch (error.code) {
    case 'EEXIST':
      return {
        file,
        message: 'Another run wrote into this folder',
        hint: 'Give each run a folder of its own with --out.',
      };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return { file, message: 'No permission to write the run folder', hint: 'Choose another folder with --out.' };
    case 'ENOTDIR':
      return { file, message: `Expected \`${folder}\` to be a folder`, hint: 'Choose another folder with --out.' };
    default:
      return { file, message: `Failed to open the file: ${error.message}` };
  }
}
