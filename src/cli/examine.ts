/** What `doctor` looks at. Apart from the command because it is a list, and its bounds have reasons. */
import { InputError, knownWords } from '../base/errors.ts';
import { describeHost, detectProgram } from '../base/host.ts';

/** One thing looked at. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** Whether the platform cannot do without. */
  readonly needed: boolean;
  readonly found: string;
  /** What to do; empty when nothing. */
  readonly hint: string;
}

// A simulated run stays below 200 MiB (docs/performance.md); Node itself and the system want as much again.
const simulatedMiBMin = 512;
// Two clusters of kind with three control planes each, measured at rest; more nodes want more.
const kindMiBMin = 6_144;

const programs: readonly { readonly name: string; readonly args: readonly string[]; readonly from: string }[] = [
  {
    name: 'docker',
    args: ['version', '--format', '{{.Server.Version}}'],
    from: 'docs.docker.com, and its daemon must run',
  },
  { name: 'kind', args: ['version'], from: 'kind.sigs.k8s.io' },
  { name: 'kubectl', args: ['version', '--client'], from: 'kubernetes.io/docs/tasks/tools' },
  { name: 'k6', args: ['version'], from: 'grafana.com/docs/k6' },
];

/** Looks at everything, for one platform. Throws an InputError for a platform that does not exist. */
export async function examine(platform: string): Promise<readonly Finding[]> {
  const known = ['simulated', 'kind'];
  if (!known.includes(platform))
    throw new InputError({
      message: `Expected a platform, got \`${platform}\``,
      hint: knownWords('Platforms', platform, known),
    });
  const real = platform === 'kind';
  return [
    nodeFinding(),
    memoryFinding(real ? kindMiBMin : simulatedMiBMin),
    ...(await programFindings(real)),
    ...unbuilt(real),
  ];
}

function nodeFinding(): Finding {
  const found = describeHost().node;
  const [major = 0, minor = 0] = found.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { name: 'node', ok, needed: true, found, hint: ok ? '' : 'Install Node 20.19 or newer.' };
}

function memoryFinding(atLeastMiB: number): Finding {
  const { memoryMiB } = describeHost();
  const ok = memoryMiB >= atLeastMiB;
  return { name: 'memory', ok, needed: true, found: `${memoryMiB} MiB`, hint: ok ? '' : `At least ${atLeastMiB} MiB.` };
}

async function programFindings(needed: boolean): Promise<readonly Finding[]> {
  return Promise.all(
    programs.map(async ({ name, args, from }) => {
      const { version } = await detectProgram(name, args);
      const hint = version === undefined ? `${needed ? '' : 'Only for real clusters. '}Get it: ${from}` : '';
      return { name, ok: version !== undefined, needed, found: version ?? 'not found', hint };
    }),
  );
}

function unbuilt(real: boolean): readonly Finding[] {
  if (!real) return [];
  const hint = 'Real kind clusters are not built yet; use --platform simulated.';
  return [{ name: 'platform kind', ok: false, needed: true, found: 'not in this version', hint }];
}
