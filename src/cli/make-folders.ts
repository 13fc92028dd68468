/** Folders made one by one. Apart because Node's own recursive way never ends where a file system denies a folder as "not found" (`/proc`). */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Makes the folder and those above it; gives the topmost one that was made, undefined when all were there. Throws the system's error. */
export async function makeFolders(path: string): Promise<string | undefined> {
  const missing: string[] = [];
  let here = resolve(path);
  while (!(await exists(here)) && here !== dirname(here)) {
    missing.unshift(here);
    here = dirname(here);
  }
  if (missing.length === 0 && !(await stat(here)).isDirectory())
    throw Object.assign(new Error(`${path} is a file`), { code: 'EEXIST' });
  for (const folder of missing) await mkdir(folder);
  return missing[0];
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
