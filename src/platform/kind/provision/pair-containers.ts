/** The containers of a pair, by label. Apart because parking, tearing down and looking for leftovers ask alike. */
import type { ContainerInfo } from 'dockerode';
import { clusterLabel } from '../../../kind/index.ts';
import type { Engine } from '../engine.ts';
import { type Ground, pairLabel } from '../ground.ts';

/** All of them, stopped ones too: those with our label, and those that kind calls a part of our clusters. */
export async function containersOf(ground: Ground, engine: Engine): Promise<readonly ContainerInfo[]> {
  const labels = [`${pairLabel}=${ground.id}`, ...ground.sites.map(({ cluster }) => `${clusterLabel}=${cluster}`)];
  const lists = await Promise.all(
    labels.map((label) => engine.docker.listContainers({ all: true, filters: { label: [label] } })),
  );
  return [...new Map(lists.flat().map((info) => [info.Id, info])).values()];
}

/** A container's name without the slash that Docker puts before it. */
export function nameOf({ Id, Names }: ContainerInfo): string {
  return Names[0]?.replace(/^\//, '') ?? Id;
}
