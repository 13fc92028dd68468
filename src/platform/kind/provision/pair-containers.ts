/** The containers of a pair, by label: every one has it from birth, those that kind starts too. Apart because parking, tearing down and looking for leftovers ask alike. */
import type { ContainerInfo } from 'dockerode';
import type { Engine } from '../engine.ts';
import { pairLabel } from '../ground.ts';

/** All of them, stopped ones too. */
export async function containersOf(pairId: string, engine: Engine): Promise<readonly ContainerInfo[]> {
  return engine.docker.listContainers({ all: true, filters: { label: [`${pairLabel}=${pairId}`] } });
}

/** A container's name without the slash that Docker puts before it. */
export function nameOf({ Id, Names }: ContainerInfo): string {
  return Names[0]?.replace(/^\//, '') ?? Id;
}
