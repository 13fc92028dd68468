/** Whether a privileged container can run: nodes are nothing else. Apart because only a try can tell. */
import { askProgram } from '../../../base/host.ts';
import { bad, type Check, ok, warn } from './check.ts';

/** What came of the try; undefined: there was no image to try with. */
export interface PrivilegedTry {
  /** Undefined: it did not end in time. */
  readonly worked: boolean | undefined;
  /** Last line that Docker printed. */
  readonly said: string;
}

/** A container of nothing starts in a second; an engine that is busy with another pair takes longer, ms. */
const tryMs = 4_000;

/** Runs `true` in a privileged container of an image that is here and has a shell's programs. Never throws. */
export async function tryPrivileged(
  image: string | undefined,
  signal: AbortSignal,
): Promise<PrivilegedTry | undefined> {
  if (image === undefined) return undefined;
  const args = ['run', '--rm', '--privileged', '--network', 'none', '--pull', 'never', '--entrypoint', 'true', image];
  const { code, stderr } = await askProgram('docker', args, { signal, limitMs: tryMs });
  return { worked: code === undefined ? undefined : code === 0, said: stderr.trim().split('\n').at(-1) ?? '' };
}

/** Judges the try. */
export function judgePrivileges(tried: PrivilegedTry | undefined): Check {
  const name = 'privileges';
  if (tried === undefined)
    return warn(name, 'not tried: no image is here to try with', 'Pull the node image (see images), then look again.');
  if (tried.worked === undefined)
    return warn(
      name,
      `not known: no container ended within ${tryMs / 1_000} s`,
      'Docker is busy: look again when it is not.',
    );
  if (tried.worked) return ok(name, 'a privileged container runs');
  return bad(
    name,
    `a privileged container does not run: ${tried.said}`,
    'Nodes are privileged containers. A container around this one must be privileged itself; a policy of the host may forbid it.',
  );
}
