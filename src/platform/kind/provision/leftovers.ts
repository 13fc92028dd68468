/** What is there of pairs, whoever made them. Apart because it starts from labels alone: the folders may be gone. */
import type { Engine } from '../engine.ts';
import { pairLabel } from '../ground.ts';
import { nameOf } from './pair-containers.ts';

/** What exists of one pair. */
export interface Leftover {
  /** The pair's id: `ep-7f3a21`. */
  readonly id: string;
  /** Names, sorted. */
  readonly containers: readonly string[];
  /** How many of the containers run. */
  readonly running: number;
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

interface Labelled {
  readonly Labels?: Readonly<Record<string, string>> | null | undefined;
}

/** Every pair of which something exists, by id. A kept or running pair is among them: whether it is wanted, its folder and lock say. */
export async function findLeftovers(engine: Engine): Promise<readonly Leftover[]> {
  const filters = { label: [pairLabel] };
  const [containers, networks, volumes] = await Promise.all([
    engine.docker.listContainers({ all: true, filters }),
    engine.docker.listNetworks({ filters }),
    engine.docker.listVolumes({ filters }),
  ]);
  const idOf = ({ Labels }: Labelled) => Labels?.[pairLabel] ?? '';
  const ids = [...new Set([...containers, ...networks, ...(volumes.Volumes ?? [])].map(idOf))].sort();
  const of = <T extends Labelled>(id: string, all: readonly T[]) => all.filter((one) => idOf(one) === id);
  return ids.map((id) => ({
    id,
    containers: of(id, containers).map(nameOf).sort(),
    running: of(id, containers).filter(({ State }) => State === 'running').length,
    networks: of(id, networks).map(({ Name }) => Name),
    volumes: of(id, volumes.Volumes ?? []).map(({ Name }) => Name),
  }));
}
