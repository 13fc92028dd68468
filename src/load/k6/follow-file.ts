/** A file that another process appends to, read as it grows. Apart because lines arrive torn. */
import { closeSync, openSync, readSync } from 'node:fs';

/** A reader that stands where it last stopped. */
export interface FileFollower {
  /** Whole lines since the last call; nothing while the file is not there. */
  readLines(): readonly string[];
  /** Lets the file go. */
  close(): void;
}

const chunkBytes = 1 << 18;

/** Follows a text file from its beginning. */
export function followFile(file: string): FileFollower {
  const buffer = Buffer.alloc(chunkBytes);
  let descriptor: number | undefined;
  let rest = '';
  const openIfThere = () => {
    try {
      descriptor ??= openSync(file, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return descriptor;
  };
  return {
    readLines: () => {
      const from = openIfThere();
      if (from === undefined) return [];
      for (let count = readSync(from, buffer); count > 0; count = readSync(from, buffer))
        // Everything that matters in these logs is ASCII, so no character is torn.
        rest += buffer.toString('latin1', 0, count);
      const lines = rest.split('\n');
      rest = lines.pop()!;
      return lines;
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
