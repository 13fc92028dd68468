/** All checks of this machine for real clusters, side by side. Apart from the checks because each of them is judged without measuring. */
import { cpus } from 'node:os';
import type { Topology } from '../../../domain/topology.ts';
import { balancerImage } from '../between/balancer.ts';
import { linkImage } from '../between/link.ts';
import { imagesVariable, parseImages } from '../images.ts';
import type { SiteFiles } from '../world.ts';
import { judgeCgroup } from './cgroup.ts';
import type { Check } from './check.ts';
import { judgeCores } from './cores.ts';
import { type Cost, costOf } from './cost.ts';
import { judgeDisk, measureDisk } from './disk.ts';
import { judgeDocker, measureDocker } from './docker.ts';
import { judgeFitting } from './fitting.ts';
import { judgeImages, localName, locateImages, presentImages } from './images.ts';
import { judgeInotify, measureInotify } from './inotify.ts';
import { judgeK6, measureK6 } from './k6-program.ts';
import { balancerOf, judgeKind, measureKind } from './kind-program.ts';
import { judgeLeftovers, measureLeftovers } from './leftovers.ts';
import { judgeMemory, measureMemory } from './memory.ts';
import { judgeOperatingSystem } from './operating-system.ts';
import { judgePrivileges, tryPrivileged } from './privileges.ts';
import { imagesIn } from './wanted-images.ts';

/** What is to run here. */
export interface Asked {
  /** The topology to judge by, with its node image as it will be used. */
  readonly topology: Topology;
  /** Its files, for the images that they name. */
  readonly files: readonly SiteFiles[];
  /** Replaces the image of every node. */
  readonly nodeImage?: string | undefined;
  /** Images of what is deployed beside the topology's own manifests. */
  readonly addOnImages: readonly string[];
  /** All topologies that could be offered. */
  readonly offered: readonly Topology[];
  /** Run folders of real platforms whose undo journal does not say that all is gone. */
  readonly openFolders: readonly string[];
  /** Names of pairs that are kept here, by id. */
  readonly keptPairs: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Images that stand beside the clusters on every topology: proxies between and in front of the sites. */
const imagesBeside: readonly string[] = [balancerImage, linkImage];

/** Looks at everything. Never throws. */
export async function checkUp(asked: Asked): Promise<readonly Check[]> {
  const { topology, signal } = asked;
  const [docker, kind, k6, here, pairs] = await Promise.all([
    measureDocker(signal),
    measureKind(signal),
    measureK6(signal),
    presentImages(signal),
    measureLeftovers(signal),
  ]);
  const named = imagesIn(asked.files, asked.nodeImage, balancerOf(kind));
  const imageOf = parseImages(process.env[imagesVariable]);
  const images = [...new Set([...named, ...asked.addOnImages, ...imagesBeside].map(imageOf).map(localName))];
  const [located, tried] = await Promise.all([
    docker === undefined ? [] : locateImages(images, here, signal),
    docker === undefined
      ? undefined
      : tryPrivileged(
          images.find((image) => here.has(image) && withShell.test(image)),
          signal,
        ),
  ]);
  const cost = costOf(topology);
  return [
    judgeOperatingSystem(process.platform, docker?.OperatingSystem),
    judgeDocker(docker),
    ...(docker === undefined ? [] : [judgePrivileges(tried)]),
    judgeCgroup(
      docker?.CgroupVersion,
      topology.sites.map(({ kubernetes }) => kubernetes.minor),
    ),
    judgeKind(kind),
    judgeK6(k6),
    ...(docker === undefined ? [] : judgeImages(located)),
    ...(await checkRoom(cost, docker, asked.offered.map(costOf))),
    ...judgeLeftovers(pairs, asked.openFolders, asked.keptPairs),
  ];
}

/** Images of a single static program have no `true`. */
const withShell = /^(?:kindest\/node|postgres|haproxy|node):/;

async function checkRoom(
  cost: Cost,
  docker: Awaited<ReturnType<typeof measureDocker>>,
  offered: readonly Cost[],
): Promise<readonly Check[]> {
  const freeMiB = measureMemory();
  const cores = docker?.NCPU ?? cpus().length;
  return [
    judgeMemory(freeMiB, cost),
    judgeCores(cores, cost),
    judgeFitting(offered, { freeMiB, cores }),
    judgeInotify(measureInotify(), cost.containers),
    ...(docker === undefined ? [] : [judgeDisk(await measureDisk(docker.DockerRootDir), cost)]),
  ];
}
