/** Whether Docker answers, and how it is set up. Apart because half of the other checks ask it. */
import { askProgram } from '../../../base/host.ts';
import { bad, type Check, ok } from './check.ts';

/** What of `docker info` is looked at. */
export interface DockerInfo {
  readonly ServerVersion?: string;
  readonly CgroupVersion?: string;
  readonly OperatingSystem?: string;
  readonly DockerRootDir?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly NCPU?: number;
  /** Bytes. */
  readonly MemTotal?: number;
}

/** Oldest server that it was tried with; older ones lack what kind wants of networks and of exec. */
const majorMin = 20;

/** Asks the server; undefined when none answers within 5 s. Never throws. */
export async function measureDocker(signal: AbortSignal): Promise<DockerInfo | undefined> {
  const { code, stdout } = await askProgram('docker', ['info', '--format', '{{json .}}'], { signal });
  try {
    const info = JSON.parse(stdout) as DockerInfo;
    // Without a server the client prints what it knows of itself.
    return code === 0 && (info.ServerVersion ?? '') !== '' ? info : undefined;
  } catch {
    return undefined;
  }
}

/** Judges what {@link measureDocker} found. */
export function judgeDocker(info: DockerInfo | undefined): Check {
  const name = 'docker';
  if (info === undefined)
    return bad(
      name,
      'no server answers',
      'Install Docker Engine (docs.docker.com/engine/install), start it, and let this user use it.',
    );
  const version = info.ServerVersion ?? '';
  if ((info.SecurityOptions ?? []).some((option) => option.includes('name=rootless')))
    return bad(
      name,
      `${version}, rootless`,
      'Addresses of rootless containers are not reachable: use a Docker Engine that runs as root.',
    );
  const major = Number(/^(\d+)\./.exec(version)?.[1] ?? 0);
  return major >= majorMin ? ok(name, version) : bad(name, version, `Docker Engine ${majorMin}.10 or newer.`);
}
