/** Whether the load generator is there and known. */
import { askProgram } from '../../../base/host.ts';
import { bad, type Check, ok, warn } from './check.ts';

const name = 'k6';
const where = 'grafana.com/docs/k6/latest/set-up/install-k6';

/** What `k6 version` prints; undefined: no such program. */
export async function measureK6(signal: AbortSignal): Promise<string | undefined> {
  const { code, stdout } = await askProgram('k6', ['version'], { signal });
  return code === 0 ? stdout : undefined;
}

/** Judges what {@link measureK6} found. Versions 1 and 2 take the scripts that are generated. */
export function judgeK6(printed: string | undefined): Check {
  if (printed === undefined)
    return bad(name, 'not found', `Install k6 1.x or 2.x: ${where} (only --load none does without)`);
  const version = /v?(\d+)\.(\d+\.\d+)/.exec(printed);
  if (version === null) return bad(name, printed.split('\n')[0] ?? '', `Install k6 1.x or 2.x: ${where}`);
  const major = Number(version[1]);
  const found = `${major}.${version[2]}`;
  if (major === 0) return bad(name, found, `Too old: install k6 1.x or 2.x: ${where}`);
  return major > 2 ? warn(name, found, 'Not tried; 1.x and 2.x are.') : ok(name, found);
}
