/** The package's own version, read once from package.json so that it is written in one place only. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the package: where package.json, clusters and scenarios are; the same for sources and for compiled files. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

let version: string | undefined;

/** `0.1.0`. */
export function packageVersion(): string {
  version ??= String(JSON.parse(readFileSync(resolve(packageRoot, 'package.json'), 'utf8')).version);
  return version;
}

function findRoot(folder: string): string {
  const parent = dirname(folder);
  try {
    readFileSync(resolve(folder, 'package.json'));
    return folder;
  } catch {
    return parent === folder ? folder : findRoot(parent);
  }
}
