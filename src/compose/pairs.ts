/** Pairs of clusters that are kept between runs: made from a topology's files, found again by name. Apart because it ties the reading of files to the making of clusters, for `up`, `down` and runs that keep or reuse a pair. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError, knownWords } from '../base/errors.ts';
import { makeFolders } from '../base/make-folders.ts';
import { readPlainFile } from '../base/plain-file.ts';
import type { Topology } from '../domain/topology.ts';
import type { Step } from '../kind/index.ts';
import type { Engine } from '../platform/kind/engine.ts';
import type { Ground } from '../platform/kind/ground.ts';
import { readTopologyAndFiles } from './topology/read-topology.ts';

/** A pair that is kept. */
export interface Pair {
  readonly name: string;
  readonly ground: Ground;
  /** What it was made from. */
  readonly topology: Topology;
  readonly nodeImage?: string;
  /** What runs beneath; empty until it stands. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What a pair is made from. */
export interface PairOptions {
  readonly name: string;
  /** As `--topology` takes it. */
  readonly topology: string;
  readonly nodeImage?: string;
  readonly allowCommands?: boolean;
  readonly engine: Engine;
  readonly signal: AbortSignal;
  readonly onStep?: (site: string | undefined, step: Step) => void;
}

const fileName = 'pair.json';
const shape = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Below the working folder, as run folders are. */
export const pairsFolder = join('reports', 'pairs');

/** The folder of a pair's name. Throws an InputError for what is no name. */
export function pairFolder(name: string): string {
  if (!shape.test(name))
    throw new InputError({
      message: `Expected the name of a pair to be 1 to 40 lower-case letters, digits and dashes, got \`${name}\``,
    });
  return resolve(pairsFolder, name);
}

/** Names of the pairs that are kept here, sorted. */
export function pairNames(): readonly string[] {
  if (!existsSync(pairsFolder)) return [];
  return readdirSync(pairsFolder)
    .filter((name) => existsSync(join(pairsFolder, name, fileName)))
    .sort();
}

/** The pair of that name. Throws an InputError when there is none. */
export function openPair(name: string): Pair {
  const file = join(pairFolder(name), fileName);
  if (!existsSync(file))
    throw new InputError({
      message: `Expected the name of a pair that is kept, got \`${name}\``,
      hint: `${knownWords('Pairs', name, pairNames())} Make it: elevenproof up --name ${name}`,
    });
  return JSON.parse(readPlainFile(file, 16).toString()) as Pair;
}

/** Whether a pair of that name is kept here. */
export function hasPair(name: string): boolean {
  return existsSync(join(pairFolder(name), fileName));
}

/** Makes a pair and waits until it is ready. It is on disk before the first resource exists, so that {@link removePair} finds it whatever comes. Throws as provisioning does; what was made by then is removed. */
export async function makePair(options: PairOptions): Promise<Pair> {
  const { name, engine, nodeImage, signal, onStep } = options;
  const { freeSubnet } = await import('../platform/kind/provision/subnet.ts');
  const { provisionPair } = await import('../platform/kind/provision/provision.ts');
  const { planGround } = await import('../platform/kind/ground.ts');
  const { topology, files } = await readTopologyAndFiles(options.topology, readOptions(options));
  const id = `ep-${randomBytes(3).toString('hex')}`;
  const ground = planGround(topology, { id, folder: pairFolder(name), subnet: await freeSubnet(engine, id) });
  const pair: Pair = { name, ground, topology, ...(nodeImage !== undefined && { nodeImage }), versions: {} };
  keep(pair);
  try {
    const versions = await provisionPair({
      ground,
      topology,
      files,
      engine,
      nodeImage,
      signal,
      ...(onStep && { onStep }),
    });
    keep({ ...pair, versions });
    return { ...pair, versions };
  } catch (error) {
    await removePair(pair, engine, AbortSignal.timeout(cleanUpMsMax)).catch(() => undefined);
    throw error;
  }
}

/** What was begun is taken away even after an abort, but not for ever. */
const cleanUpMsMax = 120_000;

function readOptions({ nodeImage, allowCommands = false }: PairOptions) {
  return { allowCommands, ...(nodeImage !== undefined && { nodeImage }) };
}

function keep(pair: Pair): void {
  makeFolders(pair.ground.folder);
  writeFileSync(join(pair.ground.folder, fileName), `${JSON.stringify(pair, null, 2)}\n`, { mode: 0o600 });
}

/** Removes the pair and its folder. Harmless when parts of it are gone. */
export async function removePair(pair: Pair, engine: Engine, signal: AbortSignal): Promise<void> {
  const { teardownPair } = await import('../platform/kind/provision/teardown.ts');
  await teardownPair(pair.ground, engine, signal);
  rmSync(pair.ground.folder, { recursive: true, force: true });
}
