/** Folders made one by one. Apart because Node's own recursive way never ends where a file system denies a folder as "not found" (`/proc`). */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Makes the folder and those above it; gives the topmost one that was made, undefined when all were there. Throws the system's error. */
export function makeFolders(path: string): string | undefined {
  const missing: string[] = [];
  let here = resolve(path);
  while (!exists(here) && here !== dirname(here)) {
    missing.unshift(here);
    here = dirname(here);
  }
  if (missing.length === 0 && !statSync(here).isDirectory())
    throw Object.assign(new Error(`${path} is a file`), { code: 'ENOTDIR' });
  for (const folder of missing) makeFolder(folder);
  return missing[0];
}

/** Another process may have made it meanwhile, which is as good. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(folder).isDirectory()) throw error;
  }
}

/** Links in a circle are something that is there: making folders above them would not help. */
function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ELOOP';
  }
}
