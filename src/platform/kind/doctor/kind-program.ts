/** Whether the kind program is there and known. */
import { askProgram } from '../../../base/host.ts';
import { type KindVersion, minorMin, parseVersion } from '../../../kind/version.ts';
import { bad, type Check, ok, warn } from './check.ts';

const name = 'kind';
const where = 'kind.sigs.k8s.io/docs/user/quick-start/#installation';

/** What `kind version` prints; undefined: no such program. */
export async function measureKind(signal: AbortSignal): Promise<string | undefined> {
  const { code, stdout } = await askProgram('kind', ['version'], { signal });
  return code === 0 ? stdout : undefined;
}

/** What that version puts before several API servers; haproxy where the version cannot be read. */
export function balancerOf(printed: string | undefined): KindVersion['loadBalancer'] {
  try {
    return parseVersion(printed ?? '').loadBalancer;
  } catch {
    return 'haproxy';
  }
}

/** Judges what {@link measureKind} found. */
export function judgeKind(printed: string | undefined): Check {
  if (printed === undefined) return bad(name, 'not found', `Install kind 0.${minorMin} or newer: ${where}`);
  try {
    const { text, loadBalancer } = parseVersion(printed);
    if (loadBalancer === 'haproxy') return ok(name, text);
    return warn(
      name,
      `${text}, load balancer envoy`,
      'The settings of its envoy were tried as text only; up to 0.31 it is haproxy.',
    );
  } catch (error) {
    return bad(name, (error as Error).message, `Install kind 0.${minorMin} or newer: ${where}`);
  }
}
