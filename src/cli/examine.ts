/** What `doctor` looks at: what the simulator needs, and what real clusters need. Apart from printing because programs read it as JSON. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, knownWords } from '../base/errors.ts';
import { describeHost, projectRoot } from '../base/host.ts';
import { bad, type Check, ok } from '../platform/kind/doctor/check.ts';

/** Platforms that a machine can be fit for. */
export const platforms = ['simulated', 'kind'] as const;

/** What to look at. */
export interface Examined {
  readonly platform: string;
  /** Name or path of the topology that is to run. */
  readonly topology: string;
  readonly nodeImage?: string | undefined;
  readonly signal: AbortSignal;
}

/** A check, and which platform wants it. */
export type Finding = Check & { readonly platform: (typeof platforms)[number] };

// A simulated run stays below 200 MiB (docs/performance.md); Node itself and the system want as much again.
const simulatedMiBMin = 512;

/** Looks at everything. Throws an InputError for a platform or a topology that does not exist. */
export async function examine(examined: Examined): Promise<readonly Finding[]> {
  refuseUnknown(examined.platform);
  const simulated = [judgeNode(describeHost().node), judgeMemory(describeHost().memoryMiB)];
  const real = await examineKind(examined);
  return [
    ...simulated.map((check): Finding => ({ ...check, platform: 'simulated' })),
    ...real.map((check): Finding => ({ ...check, platform: 'kind' })),
  ];
}

function refuseUnknown(platform: string): void {
  if ((platforms as readonly string[]).includes(platform)) return;
  const hint = knownWords('Platforms', platform, platforms);
  throw new InputError({ message: `Expected a platform, got \`${platform}\``, hint });
}

/** Judges a Node version without the v. */
export function judgeNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fit = major > 20 || (major === 20 && minor >= 19);
  return fit ? ok('node', version) : bad('node', version, 'Install Node 20.19 or newer.');
}

function judgeMemory(memoryMiB: number): Check {
  const found = `${memoryMiB} MiB`;
  return memoryMiB >= simulatedMiBMin
    ? ok('machine', found)
    : bad('machine', found, `At least ${simulatedMiBMin} MiB of memory.`);
}

async function examineKind({ topology: path, nodeImage, signal }: Examined): Promise<readonly Check[]> {
  const { readTopologyAndFiles } = await import('../compose/topology/read-topology.ts');
  const { shippedTopologies } = await import('../compose/topology/place.ts');
  const { checkUp } = await import('../platform/kind/doctor/checkup.ts');
  const { openRunFolders } = await import('./open-runs.ts');
  const read = (name: string) => readTopologyAndFiles(name, nodeImage === undefined ? {} : { nodeImage });
  const { topology, files } = await read(path);
  const offered = await Promise.all(shippedTopologies().map(async (name) => (await read(name)).topology));
  const openFolders = openRunFolders('reports');
  const asked = { topology, files, nodeImage, addOnImages: addOnImages(), offered, openFolders, signal };
  return checkUp({ ...asked, keptPairs: await keptPairs() });
}

/** Names by id. A pair whose file cannot be read is somebody else's to mend. */
async function keptPairs(): Promise<Readonly<Record<string, string>>> {
  const { openPair, pairNames } = await import('../compose/pair-files.ts');
  const idAndName = (name: string): readonly (readonly [string, string])[] => {
    try {
      return [[openPair(name).ground.id, name]];
    } catch {
      return [];
    }
  };
  return Object.fromEntries(pairNames().flatMap(idAndName));
}

/** What the package deploys beside a topology's own manifests: metrics and what brings them to autoscalers. */
function addOnImages(): readonly string[] {
  const folder = join(projectRoot(), 'clusters', 'add-ons');
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name));
    const text = names.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
    return [...text.matchAll(/^\s*(?:- )?image:\s*['"]?([^\s'"]+)/gm)].map(([, image]) => image!);
  } catch {
    return [];
  }
}
