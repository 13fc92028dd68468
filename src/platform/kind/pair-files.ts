/** What a pair keeps in its folder so that another process can find it again: what it stands on and what it was made from. Apart because healing, reusing and tearing down begin here. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingError } from '../../base/errors.ts';
import type { Topology } from '../../domain/topology.ts';
import type { Handle } from '../platform.ts';
import type { Ground } from './ground.ts';

/** A pair as it is kept. */
export interface Pair {
  readonly name: string;
  readonly ground: Ground;
  /** As `--topology` named it: a shipped name, or an absolute path. */
  readonly from: string;
  /** What it was made from. */
  readonly topology: Topology;
  /** As it was asked for; absent: the topology's own. */
  readonly nodeImage?: string;
  /** What runs beneath; empty while it is being made, and for one that never came to stand. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Name of the file in the pair's folder. */
export const pairFileName = 'pair.json';

/** Writes what is known of a pair into its folder, which only this user may read, because kubeconfigs come to lie in it. */
export function writePair(pair: Pair): void {
  const { folder } = pair.ground;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, pairFileName), `${JSON.stringify(pair, null, 2)}\n`, { mode: 0o600 });
}

/** Reads it. Throws an OperatingError when the folder holds no pair. */
export function readPair(folder: string): Pair {
  try {
    const pair = JSON.parse(readFileSync(join(folder, pairFileName), 'utf8')) as Pair;
    // A folder may have been moved since.
    return { ...pair, ground: { ...pair.ground, folder } };
  } catch (cause) {
    throw new OperatingError(`Failed to read the pair in ${folder}: ${(cause as Error).message}`, {
      cause,
      hint: 'Expected a folder that `elevenproof up` or a run with --keep made.',
    });
  }
}

/** A pair as plain data for a journal. */
export function handleOf(ground: Ground): Handle {
  return { platform: 'kind', pair: ground.id, folder: ground.folder, network: ground.network };
}

/** The folder that a handle names. Throws an OperatingError when it is no handle of this platform. */
export function folderOf(handle: Handle): string {
  const { platform, folder } = handle;
  if (platform === 'kind' && typeof folder === 'string') return folder;
  throw new OperatingError('Expected the handle of a pair of kind clusters, got another');
}
