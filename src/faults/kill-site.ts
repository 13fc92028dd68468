/** Takes the power of a whole site away until healed: every node at once. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { controlWhole, nodesWhole } from './until.ts';

/** `limitMs`: how long until the site must be whole again after the power is back, 15 min by default. */
export function killSite(options: { readonly site: string; readonly limitMs?: number }): Fault {
  const { site, limitMs = 900_000 } = options;
  return defineFault(options, ['site', 'limitMs'], {
    kind: 'kill-site',
    purpose: 'damage',
    title: `power off site ${site}`,
    actions: [{ verb: 'node.kill', target: { on: 'site', site } }],
    undo: { actions: [{ verb: 'node.start', of: 0 }], until: [controlWhole(site), nodesWhole(site)], limitMs },
  });
}
