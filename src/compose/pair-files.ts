/** Kept pairs as folders: their names, and what is written of each. Apart because a run that reuses a pair, `up` and `down` find them alike, without a container engine. */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError, knownWords } from '../base/errors.ts';
import { readPlainFile, whyUnread } from '../base/plain-file.ts';
import { type Pair, pairFileName, readPair } from '../platform/kind/pair-files.ts';

export type { Pair } from '../platform/kind/pair-files.ts';

const shape = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Below the working folder, as run folders are. */
export const pairsFolder: string = join('reports', 'pairs');

/** The folder of a pair's name. Throws an InputError for what is no name. */
export function pairFolder(name: string): string {
  if (!shape.test(name))
    throw new InputError({
      message: `Expected the name of a pair to be 1 to 40 lower-case letters, digits and dashes, got \`${name}\``,
    });
  return resolve(pairsFolder, name);
}

/** A topology's name as the name of a pair. */
export function pairNameOf(topology: string): string {
  const name = topology
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '');
  return name === '' ? 'pair' : name;
}

/** Names of the pairs that are kept here, sorted. */
export function pairNames(): readonly string[] {
  if (!existsSync(pairsFolder)) return [];
  return readdirSync(pairsFolder)
    .filter((name) => existsSync(join(pairsFolder, name, pairFileName)))
    .sort();
}

/** The pair of that name; undefined when none is kept. Throws an InputError for what is no name, or a file that cannot be read. */
export function findPair(name: string): Pair | undefined {
  const file = join(pairFolder(name), pairFileName);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readPlainFile(file, 16).toString()) as Pair;
  } catch (error) {
    throw new InputError({ file, message: `Expected what is kept of a pair, but ${whyUnread(error)}` });
  }
}

/** The pair of that name or id (`ep-7f3a21`), in that folder, or in the run of that folder. Throws an InputError when none is kept. */
export function openPair(name: string): Pair {
  const folder = [name, join(name, 'pair')].find((place) => existsSync(join(place, pairFileName)));
  if (folder !== undefined) return readPair(resolve(folder));
  const pair =
    (shape.test(name) ? findPair(name) : undefined) ??
    pairNames()
      .map(findPair)
      .find((each) => each?.ground.id === name);
  if (pair !== undefined) return pair;
  throw new InputError({
    message: `Expected the name of a pair that is kept, got \`${name}\``,
    hint: `${knownWords('Pairs', name, pairNames())} To make it: elevenproof up --name ${name}`,
  });
}

/** Takes the folder of a pair away, and the folder of all pairs with the last one. */
export function forgetPair(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  try {
    rmdirSync(pairsFolder);
  } catch {
    // Others are kept there, or nothing is.
  }
}
