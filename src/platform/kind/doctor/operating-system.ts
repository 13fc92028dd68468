/** Whether containers are reachable by their own addresses. Apart because nothing else can make up for it. */
import { bad, type Check, ok } from './check.ts';

/** `platform` as Node says it; `engineSystem` as Docker says it, undefined when it does not answer. */
export function judgeOperatingSystem(platform: string, engineSystem: string | undefined): Check {
  const name = 'system';
  const where =
    'Run inside Linux: a machine, a virtual machine, or a distribution of WSL 2 with a Docker Engine of its own.';
  if (platform !== 'linux') return bad(name, `${platform}: nodes have no address that this host reaches`, where);
  if (/docker desktop/i.test(engineSystem ?? ''))
    return bad(name, 'Docker Desktop: nodes have no address that this host reaches', where);
  return ok(name, 'Linux');
}
