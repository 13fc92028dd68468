/** An operator drains nodes: cordon, then evict every pod but those of DaemonSets, respecting disruption budgets. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { nodesWhole } from './until.ts';
import { nodeTarget, type OnNode, showNodes } from './whom.ts';

/** The undo makes the nodes schedulable again. */
export function drainNode(options: OnNode): Fault {
  const { site, limitMs = 300_000 } = options;
  const whom = { role: 'worker', ...options } as const;
  return defineFault(options, ['site', 'role', 'hosting', 'member', 'limitMs'], {
    kind: 'drain-node',
    purpose: 'operation',
    title: `drain ${showNodes(whom)}`,
    actions: [{ verb: 'node.drain', target: nodeTarget(whom) }],
    undo: { actions: [{ verb: 'node.uncordon', of: 0 }], until: [nodesWhole(site)], limitMs },
  });
}
