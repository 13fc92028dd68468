/** Makes a pair of clusters from nothing to ready. Apart because it is the order of the steps; each step is a file of its own. */
import { chmodSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { makeFolders } from '../../../base/make-folders.ts';
import type { Topology } from '../../../domain/topology.ts';
import { createKind, type Kind, type KindVersion, type Step } from '../../../kind/index.ts';
import type { Engine } from '../engine.ts';
import type { Ground, SiteGround } from '../ground.ts';
import { connectKube } from '../kube.ts';
import type { SiteFiles } from '../world.ts';
import { configuredStep, tightenApiLoadBalancer } from './api-load-balancer.ts';
import { clusterConfig, refuseSharedPorts } from './cluster-config.ts';
import { type Birth, removeDockerShim, writeDockerShim } from './docker-shim.ts';
import { gateMsMax, gateSite } from './gate.ts';
import { createNetwork } from './network.ts';

/** What a pair is made from. */
export interface ProvisionOptions {
  readonly ground: Ground;
  readonly topology: Topology;
  readonly files: readonly SiteFiles[];
  readonly engine: Engine;
  /** Replaces the image of every node. */
  readonly nodeImage?: string | undefined;
  readonly signal: AbortSignal;
  /** Told of kind's steps, and of `Making the network` and `Waiting until ready`. */
  readonly onStep?: (site: string | undefined, step: Step) => void;
}

/** What runs beneath, for the record. */
export type Versions = Readonly<Record<string, string>>;

/** Makes both clusters side by side and waits until they are ready. Throws an InputError for what a pair cannot have, before anything is made; an OperatingError when something fails: what was made by then is for {@link teardownPair}. */
export async function provisionPair(options: ProvisionOptions): Promise<Versions> {
  const { ground, engine, signal } = options;
  refuseSharedPorts(options.files);
  const configs = ground.sites.map((site, index) => configOf(site, index, options));
  const version = await createKind().version({ signal });
  makeFolders(ground.folder);
  chmodSync(ground.folder, 0o700);
  await inStep(options, undefined, 'Making the network', () => createNetwork(ground, engine));
  try {
    const kind = kindFor(ground, writeDockerShim(ground, birthsOf(options)));
    await together(signal, (both) =>
      ground.sites.map((site, i) => makeSite(site, configs[i]!, { ...options, signal: both, kind, version })),
    );
  } finally {
    removeDockerShim(ground);
  }
  return versionsOf(options, version);
}

/** kind with our network and our `docker`, whatever provider the user's environment prefers. */
function kindFor(ground: Ground, path: string): Kind {
  const env = { PATH: path, KIND_EXPERIMENTAL_PROVIDER: 'docker', KIND_EXPERIMENTAL_DOCKER_NETWORK: ground.network };
  return createKind({ prefix: `${ground.id}-`, env });
}

function configOf(site: SiteGround, index: number, { files, nodeImage }: ProvisionOptions) {
  const own = files.find((each) => each.site === site.name)!;
  return clusterConfig(own, site, { index, nodeImage });
}

/** Addresses and CPU limits of all containers that kind will start. More cores than the host has Docker refuses. */
function birthsOf({ ground, topology }: ProvisionOptions): readonly Birth[] {
  const coresOf = (node: string) =>
    topology.sites.flatMap(({ nodes }) => nodes).find(({ name }) => name === node)?.cpuCores;
  return ground.sites.flatMap(({ apiLoadBalancer, machines }) => [
    ...(apiLoadBalancer === undefined ? [] : [apiLoadBalancer]),
    ...machines.map(({ container, address, node }) => {
      const cores = coresOf(node);
      const cpus = cores === undefined ? {} : { cpuCores: Math.min(cores, availableParallelism()) };
      return { container, address, ...cpus };
    }),
  ]);
}

/** Runs all at once; when one fails the others are aborted and waited for, and its error is thrown. */
async function together(signal: AbortSignal, start: (both: AbortSignal) => readonly Promise<void>[]): Promise<void> {
  const own = new AbortController();
  const works = start(AbortSignal.any([signal, own.signal]));
  let first: unknown;
  const settled = works.map((work) =>
    work.catch((error: unknown) => {
      first ??= error;
      own.abort(error);
    }),
  );
  await Promise.all(settled);
  if (first !== undefined) throw first;
}

type Plain = Readonly<Record<string, unknown>>;

interface SiteOptions extends ProvisionOptions {
  readonly kind: Kind;
  readonly version: KindVersion;
}

async function makeSite(site: SiteGround, config: Plain, options: SiteOptions): Promise<void> {
  const { ground, engine, signal } = options;
  const kubeconfig = join(ground.folder, site.kubeconfig);
  await createCluster(site, config, kubeconfig, options);
  chmodSync(kubeconfig, 0o600);
  const kube = await connectKube(kubeconfig);
  await inStep(options, site.name, 'Waiting until ready', () =>
    gateSite(site, engine, kube, { signal, limitMs: gateMsMax }),
  );
}

/** Runs kind; the load balancer is tightened as soon as it stands, and after kind's end at the latest. */
async function createCluster(site: SiteGround, config: Plain, kubeconfig: string, options: SiteOptions): Promise<void> {
  const { engine, signal, kind, version, onStep } = options;
  let tightened: Promise<void> | undefined;
  const tighten = () => {
    tightened ??= tightenApiLoadBalancer(site, version.loadBalancer, engine);
    tightened.catch(() => undefined);
    return tightened;
  };
  const told = (step: Step) => {
    onStep?.(site.name, step);
    if (step.text === configuredStep && step.state === 'done') tighten();
  };
  await kind.create({ name: site.cluster, config, kubeconfig, signal, onStep: told });
  await tighten();
}

async function inStep<T>({ onStep }: ProvisionOptions, site: string | undefined, text: string, work: () => Promise<T>) {
  onStep?.(site, { text, state: 'begun' });
  try {
    const result = await work();
    onStep?.(site, { text, state: 'done' });
    return result;
  } catch (error) {
    onStep?.(site, { text, state: 'failed' });
    throw error;
  }
}

async function versionsOf({ ground, engine }: ProvisionOptions, kind: KindVersion): Promise<Versions> {
  const first = ground.sites[0]!;
  const kube = await connectKube(join(ground.folder, first.kubeconfig));
  const [docker, nodes] = await Promise.all([engine.docker.version(), kube.core.listNode()]);
  const info = nodes.items[0]?.status?.nodeInfo;
  return {
    kind: kind.text,
    docker: docker.Version,
    ...(info && {
      kubernetes: info.kubeletVersion.replace(/^v/, ''),
      'container runtime': info.containerRuntimeVersion,
      'node image': info.osImage,
      kernel: info.kernelVersion,
    }),
  };
}
