/** Cuts a node off from its site, or from one peer, both ways or only what it sends. */
import type { Pick } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { controlWhole, nodesWhole } from './until.ts';
import { showPick } from './whom.ts';

/** `peer`: name of the other node; absent: everything. `oneWay`: only what the node sends is lost. */
export function isolateNode(options: {
  readonly site: string;
  readonly role?: 'control-plane' | 'worker';
  readonly member?: Pick;
  readonly peer?: string;
  readonly oneWay?: boolean;
  readonly limitMs?: number;
}): Fault {
  const { site, role, member = 'one', peer, oneWay = false, limitMs = 600_000 } = options;
  const target = {
    on: 'node-link',
    site,
    member,
    direction: oneWay ? 'one-way' : 'both',
    ...(role && { role }),
    ...(peer && { peer }),
  } as const;
  return defineFault(options, ['site', 'role', 'member', 'peer', 'oneWay', 'limitMs'], {
    kind: 'isolate-node',
    purpose: 'damage',
    title: `cut ${role ?? 'node'} of ${site} (${showPick(member)}) off from ${peer ?? 'everything'}`,
    actions: [{ verb: 'link.cut', target }],
    undo: { actions: [{ verb: 'link.restore', of: 0 }], until: [controlWhole(site), nodesWhole(site)], limitMs },
  });
}
