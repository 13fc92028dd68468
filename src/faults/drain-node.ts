/** An operator drains nodes: cordon, then evict every pod but those of DaemonSets, respecting disruption budgets. */
import type { Pick } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { showPick } from './kill-process.ts';
import { nodesWhole } from './until.ts';

/** The undo makes the nodes schedulable again. */
export function drainNode(options: {
  readonly site: string;
  readonly role?: 'control-plane' | 'worker';
  readonly hosting?: string;
  readonly member?: Pick;
  readonly limitMs?: number;
}): Fault {
  const { site, role = 'worker', hosting, member = 'one', limitMs = 300_000 } = options;
  const target = { on: 'node', site, role, member, ...(hosting && { hosting }) } as const;
  return defineFault(options, {
    kind: 'drain-node',
    purpose: 'operation',
    title: `drain ${role} of ${site} (${showPick(member)})`,
    actions: [{ verb: 'node.drain', target }],
    undo: { actions: [{ verb: 'node.uncordon', of: 0 }], until: [nodesWhole(site)], limitMs },
  });
}
