/** Finding the folder that a topology's name or path means. Apart because a bare name means a shipped topology wherever the program is started. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError, knownWords } from '../../base/errors.ts';

/** Where a topology lies. */
export interface TopologyPlace {
  readonly folder: string;
  /** The topology.yaml, if there is one. */
  readonly file?: string;
}

/** Names of the topologies that come with the package, sorted. */
export function shippedTopologies(): string[] {
  const clusters = clustersFolder();
  if (!existsSync(clusters)) return [];
  const names = readdirSync(clusters, { withFileTypes: true }).map((entry) => entry.name);
  return names.filter((name) => existsSync(join(clusters, name, 'topology.yaml'))).sort();
}

/** The folder of `path`: a folder, a topology.yaml, or the bare name of a shipped topology (which wins over a folder of that name: write `./name` for that). Throws InputError. */
export function findTopology(path: string): TopologyPlace {
  const shipped = shippedTopologies();
  if (shipped.includes(path)) return placeOf(join(clustersFolder(), path));
  const full = resolve(path);
  if (path.trim() === '' || !existsSync(full)) {
    const hint = `${knownWords('Shipped topologies', basename(path), shipped)} Or give a folder with kind configs.`;
    throw new InputError({
      message: `Expected a topology's folder, topology.yaml or shipped name, got \`${path}\``,
      hint,
    });
  }
  return placeOf(full);
}

function placeOf(full: string): TopologyPlace {
  if (!statSync(full).isDirectory()) return { folder: dirname(full), file: full };
  const file = ['topology.yaml', 'topology.yml']
    .map((name) => join(full, name))
    .find((candidate) => existsSync(candidate));
  return file === undefined ? { folder: full } : { folder: full, file };
}

/** `clusters/` beside the package's package.json; the compiled file lies deeper than the source, so it is searched upwards. */
function clustersFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'clusters');
}
