/** Pairs of clusters that are kept between runs: made from a topology's files, parked, woken and removed. Apart because it ties the reading of files to the making of clusters, for `up`, `down` and runs that keep or reuse a pair. */
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { InputError } from '../base/errors.ts';
import { makeFolders } from '../base/make-folders.ts';
import type { Step } from '../kind/index.ts';
import { connectEngine, type Engine } from '../platform/kind/engine.ts';
import { planGround } from '../platform/kind/ground.ts';
import { connectKube } from '../platform/kind/kube.ts';
import { writePair } from '../platform/kind/pair-files.ts';
import { findLeftovers } from '../platform/kind/provision/leftovers.ts';
import { lockPair } from '../platform/kind/provision/pair-lock.ts';
import { isParked, parkPair, unparkPair } from '../platform/kind/provision/park.ts';
import { provisionPair } from '../platform/kind/provision/provision.ts';
import { freeSubnet } from '../platform/kind/provision/subnet.ts';
import { removeByLabel, teardownPair } from '../platform/kind/provision/teardown.ts';
import { findPair, forgetPair, type Pair, pairFolder } from './pair-files.ts';
import { shippedTopologies } from './topology/place.ts';
import { readTopologyAndFiles, type TopologyAndFiles } from './topology/read-topology.ts';

/** What a pair is made from. */
export interface PairSource extends TopologyAndFiles {
  /** A shipped topology's name, or an absolute path. */
  readonly path: string;
  readonly nodeImage?: string | undefined;
}

/** Which pair is wanted. */
export interface PairOptions {
  readonly name: string;
  readonly source: PairSource;
  readonly signal: AbortSignal;
  /** Told of the steps; those without a site are the pair's. */
  readonly onStep?: ((site: string | undefined, step: Step) => void) | undefined;
}

/** A pair that stands, and how it came to. */
export interface Raised {
  readonly pair: Pair;
  readonly by: 'made' | 'woken' | 'standing';
}

/** How a pair's files are read; absent: as those of the pair of that name, if one is kept, and the topology dual-site if none is. */
export interface SourceOptions {
  readonly topology?: string | undefined;
  readonly nodeImage?: string | undefined;
  readonly allowCommands: boolean;
}

/** Reads what a pair is, or was, made from. Throws an InputError with every problem of the files. */
export async function readPairSource(name: string | undefined, options: SourceOptions): Promise<PairSource> {
  const kept = name === undefined ? undefined : findPair(name);
  const nodeImage = options.nodeImage ?? kept?.nodeImage;
  const named = options.topology ?? kept?.from ?? 'dual-site';
  const path = shippedTopologies().includes(named) ? named : resolve(named);
  const image = nodeImage === undefined ? {} : { nodeImage };
  const read = await readTopologyAndFiles(path, { allowCommands: options.allowCommands, ...image });
  return { ...read, path, ...image };
}

/** Makes the pair, or wakes it when it is kept already; either way it is ready afterwards. Throws an InputError when the one that is kept was made from something else. */
export async function raisePair(options: PairOptions): Promise<Raised> {
  const folder = pairFolder(options.name);
  makeFolders(folder);
  const release = lockPair(folder);
  try {
    const engine = await connectEngine();
    const kept = findPair(options.name);
    const parked = kept === undefined ? undefined : await isParked(kept.ground, engine);
    if (kept === undefined || parked === undefined || isUnfinished(kept)) return await make(options, kept, engine);
    refuseOther(kept, options);
    await wake(kept, engine, options);
    return { pair: kept, by: parked ? 'woken' : 'standing' };
  } finally {
    release();
    if (findPair(options.name) === undefined) forgetPair(folder);
  }
}

/** One that never came to stand is of no use, and one without containers is only a memory. */
function isUnfinished({ versions }: Pair): boolean {
  return Object.keys(versions).length === 0;
}

async function make(options: PairOptions, old: Pair | undefined, engine: Engine): Promise<Raised> {
  const { name, source, signal, onStep } = options;
  const { topology, files, path, nodeImage } = source;
  if (old !== undefined) await teardownPair(old.ground, engine, signal);
  const id = `ep-${randomBytes(3).toString('hex')}`;
  const ground = planGround(topology, { id, folder: pairFolder(name), subnet: await freeSubnet(engine, id) });
  const pair: Pair = {
    name,
    ground,
    from: path,
    topology,
    ...(nodeImage !== undefined && { nodeImage }),
    versions: {},
  };
  // Before the first resource exists, so that `down` finds it whatever comes.
  writePair(pair);
  try {
    const steps = onStep === undefined ? {} : { onStep };
    const versions = await provisionPair({ ground, topology, files, engine, nodeImage, signal, ...steps });
    writePair({ ...pair, versions });
    return { pair: { ...pair, versions }, by: 'made' };
  } catch (error) {
    await remove(pair, engine, AbortSignal.timeout(cleanUpMsMax)).catch(() => undefined);
    throw error;
  }
}

/** What was begun is taken away even after an abort, but not for ever. */
const cleanUpMsMax = 240_000;

async function wake({ ground }: Pair, engine: Engine, { signal, onStep }: PairOptions): Promise<void> {
  const sites = ground.sites.map(async ({ name, kubeconfig }) => {
    return [name, await connectKube(join(ground.folder, kubeconfig))] as const;
  });
  const kubes = new Map(await Promise.all(sites));
  const text = 'Starting the nodes';
  onStep?.(undefined, { text, state: 'begun' });
  await unparkPair({ ground, engine, kube: (site) => kubes.get(site)! }, signal);
  onStep?.(undefined, { text, state: 'done' });
}

function refuseOther(kept: Pair, { name, source }: PairOptions): void {
  const shape = ({ topology, nodeImage }: Pick<PairSource, 'topology' | 'nodeImage'>) =>
    JSON.stringify([nodeImage, topology.sites.map((site) => [site.name, site.kubernetes.image, site.nodes])]);
  if (shape(kept) === shape(source)) return;
  throw new InputError({
    message: `Expected the pair \`${name}\` to be made from these nodes, found one made from others (topology ${kept.topology.name})`,
    hint: `Remove it first: elevenproof down ${name}. Or give this one another --name.`,
  });
}

/** Stops the pair's nodes and leaves everything as it is. */
export async function parkKeptPair(pair: Pair, signal: AbortSignal): Promise<void> {
  await inHand(pair, async () => parkPair(pair.ground, await connectEngine(), signal));
}

/** Removes the pair and its folder. Harmless when parts of it are gone. */
export async function removeKeptPair(pair: Pair, signal: AbortSignal): Promise<void> {
  await inHand(pair, async () => remove(pair, await connectEngine(), signal));
}

/** Removes what carries the label of a pair of which no folder is known here, such as one whose folder was deleted. Gives whether there was anything. */
export async function removeStrayPair(id: string, signal: AbortSignal): Promise<boolean> {
  const engine = await connectEngine();
  const there = (await findLeftovers(engine)).some((leftover) => leftover.id === id);
  if (there) await removeByLabel(id, engine, signal);
  return there;
}

async function inHand(pair: Pair, work: () => Promise<void>): Promise<void> {
  const release = lockPair(pair.ground.folder);
  try {
    await work();
  } finally {
    release();
  }
}

async function remove(pair: Pair, engine: Engine, signal: AbortSignal): Promise<void> {
  await teardownPair(pair.ground, engine, signal);
  forgetPair(pair.ground.folder);
}
