/** Takes the power of nodes away until healed. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { controlWhole, nodesWhole } from './until.ts';
import { nodeTarget, type OnNode, showNodes } from './whom.ts';

/** `role`: only such nodes; `hosting`: only nodes with a ready pod of this workload. */
export function killNode(options: OnNode): Fault {
  const { site, limitMs = 900_000 } = options;
  return defineFault(options, ['site', 'role', 'hosting', 'member', 'limitMs'], {
    kind: 'kill-node',
    purpose: 'damage',
    title: `power off ${showNodes(options)}`,
    actions: [{ verb: 'node.kill', target: nodeTarget(options) }],
    undo: { actions: [{ verb: 'node.start', of: 0 }], until: [controlWhole(site), nodesWhole(site)], limitMs },
  });
}
