/** Deploys a topology's files on a pair of clusters: images, objects, until everything is ready. A second deployment brings every workload back to its manifest. */
import { imagesVariable, parseImages } from '../images.ts';
import type { KindWorld, SiteFiles } from '../world.ts';
import { neededAddOns, readAddOn } from './add-ons.ts';
import { applyObjects } from './apply-objects.ts';
import { awaitReady } from './await-ready.ts';
import { buildDeskImage, isDeskImage } from './desk-image.ts';
import type { Draft } from './draft.ts';
import { containersOf, templateOf, writeNotes } from './draft.ts';
import { type Allocatable, fitOf } from './fit-objects.ts';
import { loadImages } from './load-images.ts';
import { localImage } from './local-images.ts';
import { imagesOf, planObjects } from './plan-objects.ts';
import { retrying } from './retrying.ts';

/** How a pair is deployed on. */
export interface DeployOptions {
  readonly world: KindWorld;
  readonly files: readonly SiteFiles[];
  /** Of rates and capacity, as `--scale` says; 1 when absent. */
  readonly scale?: number;
  readonly signal: AbortSignal;
  /** Told before each step, in words. */
  readonly onStep?: (text: string) => void;
}

/** Until everything is ready, once it is applied, ms: pulls on a slow line are in it. */
const readyLimitMs = 300_000;

/** Deploys both sites. Throws an OperatingError that names what could not be done. */
export async function deployPair(options: DeployOptions): Promise<void> {
  const { world, files, signal, onStep = () => {} } = options;
  const planned = await Promise.all(files.map((each) => planSite(each, options)));
  const images = [...new Set(planned.flatMap(({ drafts }) => imagesOf(drafts)))];
  for (const image of images.filter(isDeskImage)) {
    onStep(`build ${image}`);
    await buildDeskImage(world.engine, image);
  }
  for (const { drafts } of planned) await nameDeskVersions(world, drafts);
  onStep(`look for ${images.length} images in the nodes`);
  for (const loaded of await loadImages(world.engine, images, carrying(world, files), signal))
    onStep(`loaded ${loaded.images.join(', ')} into ${loaded.nodes.length} nodes`);
  await together(planned, signal, (site, either) => deploySite(site, { ...options, signal: either }));
}

/** Does the same for all at once. The first that fails stops the others, and its reason is thrown when all have ended. */
async function together<T>(
  all: readonly T[],
  signal: AbortSignal,
  work: (one: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const ends = all.map((one) => work(one, either).catch((reason: unknown) => failed.abort(reason)));
  await Promise.all(ends);
  either.throwIfAborted();
}

interface PlannedSite {
  readonly site: string;
  readonly drafts: readonly Draft[];
}

async function planSite(files: SiteFiles, { world, scale = 1, signal }: DeployOptions): Promise<PlannedSite> {
  const site = world.topology.sites.find(({ name }) => name === files.site)!;
  const addOns = await Promise.all(neededAddOns(files.objects).map(readAddOn));
  const drafts = planObjects(files, {
    ground: world.ground,
    topology: world.topology,
    scale,
    fit: fitOf(site.nodes, await readAllocatable(world, files.site, signal)),
    imageOf: parseImages(process.env[imagesVariable]),
    addOns: addOns.flat(),
  });
  return { site: files.site, drafts };
}

async function readAllocatable(world: KindWorld, site: string, signal: AbortSignal) {
  const { items } = await retrying(`list the nodes of ${site}`, signal, () => world.kube(site).core.listNode());
  const machines = world.ground.sites.find(({ name }) => name === site)?.machines ?? [];
  const pairs = machines.flatMap(({ node, container }): [string, Allocatable][] => {
    const { cpu, memory } = items.find(({ metadata }) => metadata?.name === container)?.status?.allocatable ?? {};
    return cpu === undefined || memory === undefined ? [] : [[node, { cpu, memory }]];
  });
  return new Map(pairs);
}

/** Containers of the nodes that carry workloads, of all sites that are deployed on. */
function carrying({ ground }: KindWorld, files: readonly SiteFiles[]): readonly string[] {
  return ground.sites
    .filter(({ name }) => files.some(({ site }) => site === name))
    .flatMap(({ machines }) => {
      const workers = machines.filter(({ role }) => role === 'worker');
      return workers.length > 0 ? workers : machines;
    })
    .map(({ container }) => container);
}

/** A new image under an old name must replace pods, so its id stands on their template. */
async function nameDeskVersions({ engine }: KindWorld, drafts: readonly Draft[]): Promise<void> {
  for (const draft of drafts) {
    const template = templateOf(draft);
    const image = containersOf(template).find(({ image: name }) => name !== undefined && isDeskImage(name))?.image;
    if (template === undefined || image === undefined) continue;
    template.metadata ??= {};
    writeNotes(template.metadata, { 'image-id': (await localImage(engine, image))?.id.slice(0, 19) ?? 'unknown' });
  }
}

async function deploySite({ site, drafts }: PlannedSite, { world, signal, onStep = () => {} }: DeployOptions) {
  onStep(`apply ${drafts.length} objects on ${site}`);
  await applyObjects(world.kube(site), drafts, signal);
  onStep(`wait for the workloads of ${site}`);
  await awaitReady(world.kube(site), drafts, { site, limitMs: readyLimitMs, signal });
}
