/** A `docker` in front of the real one, for the kind process alone: it gives each node its address and label from birth. Apart because kind has no option for either, and a node whose address changes at a restart has lost its etcd. */
import { accessSync, constants, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { OperatingError } from '../../../base/errors.ts';
import { type Ground, pairLabel } from '../ground.ts';

/** What is added to the start of one container. */
export interface Birth {
  readonly container: string;
  readonly address: string;
  /** CPU limit, cores; absent: none. */
  readonly cpuCores?: number;
}

const folderName = 'docker-for-kind';

/** Writes the shim into the pair's folder; gives the PATH that finds it first. Throws an OperatingError when there is no docker program. */
export function writeDockerShim(ground: Ground, births: readonly Birth[]): string {
  const folder = join(ground.folder, folderName);
  const text = dockerShim(findDocker(), ground.id, births);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'docker'), text, { mode: 0o755 });
  return [folder, process.env.PATH ?? ''].join(delimiter);
}

/** Takes the shim away again; harmless when it is gone. */
export function removeDockerShim(ground: Ground): void {
  rmSync(join(ground.folder, folderName), { recursive: true, force: true });
}

/** The shim as a POSIX shell script: `docker run … --name NAME …` gets options in front, everything else passes as it is. */
export function dockerShim(realDocker: string, pairId: string, births: readonly Birth[]): string {
  const options = ({ address, cpuCores }: Birth) => {
    const cpus = cpuCores === undefined ? '' : ` --cpus ${cpuCores}`;
    return `--ip ${address} --label ${pairLabel}=${pairId}${cpus}`;
  };
  const cases = births.map((birth) => `  ${quote(birth.container)}) options=${quote(options(birth))} ;;`);
  return `#!/bin/sh
# Made by elevenproof for one call of kind, and removed after it: nodes get the addresses that they keep.
docker=${quote(realDocker)}
[ "$1" = run ] || exec "$docker" "$@"
shift
name='' before=''
for word do
  [ -n "$name" ] || [ "$before" != --name ] || name=$word
  before=$word
done
options=''
case $name in
${cases.join('\n')}
esac
exec "$docker" run $options "$@"
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The docker program of the PATH. */
function findDocker(): string {
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'docker'));
  const docker = found.find(isProgram);
  if (docker === undefined)
    throw new OperatingError('Failed to find the program `docker`, which kind needs', {
      hint: 'Install Docker and its command line: https://docs.docker.com/engine/install/',
    });
  return docker;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
