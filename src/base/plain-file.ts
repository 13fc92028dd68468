/** Reading files that somebody else named or left. Apart because a device or a pipe in the place of a file would block or never end. */
import { readFileSync, statSync } from 'node:fs';

const bytesPerMiB = 1024 * 1024;

/** Bytes of a plain file of at most `mebibytesMax`; throws the system's error, or one that says in words what is there instead. */
export function readPlainFile(path: string, mebibytesMax: number): Buffer {
  const stats = statSync(path);
  if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is a device or a pipe');
  if (stats.size > mebibytesMax * bytesPerMiB) throw new Error(`it holds more than ${mebibytesMax} MiB`);
  return readFileSync(path);
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is none'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'reading it is not permitted'],
  ['EPERM', 'reading it is not permitted'],
  ['ELOOP', 'its symbolic links form a loop'],
]);

/** Why a file could not be read, to follow "but". */
export function whyUnread(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return reasons.get(code) ?? (code === '' ? String((error as Error).message) : `reading it fails (${code})`);
}
