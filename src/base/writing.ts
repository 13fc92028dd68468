/** Why something could not be written, in words. Apart because folders of runs, reports and starter files fail alike. */

const reasons: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'got no permission'],
  ['EPERM', 'got no permission'],
  ['EROFS', 'the file system is read-only'],
  ['ENOTDIR', 'it is a file, or a part of its path is'],
  ['EISDIR', 'it is a folder'],
  ['EEXIST', 'a file in it is in the way'],
  ['ENOSPC', 'no space is left'],
  ['EDQUOT', 'no space is left'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ENOENT', 'a part of the path cannot be made'],
  ['ELOOP', 'its symbolic links form a loop'],
  ['ERR_INVALID_ARG_VALUE', 'the name holds a character that no file system takes'],
]);

/** The reason, to follow "Expected …, "; undefined for what is no failure of the file system that a person could meet. */
export function whyUnwritten(error: unknown): string | undefined {
  return reasons.get((error as NodeJS.ErrnoException).code ?? '');
}
