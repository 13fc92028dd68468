/** Freezes nodes: every process stands still and packets are swallowed, the usual picture of a hung hypervisor. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { controlWhole, nodesWhole } from './until.ts';
import { nodeTarget, type OnNode, showNodes } from './whom.ts';

/** `role`: only such nodes; `hosting`: only nodes with a ready pod of this workload. */
export function pauseNode(options: OnNode): Fault {
  const { site, limitMs = 900_000 } = options;
  return defineFault(options, ['site', 'role', 'hosting', 'member', 'limitMs'], {
    kind: 'pause-node',
    purpose: 'damage',
    title: `freeze ${showNodes(options)}`,
    actions: [{ verb: 'node.pause', target: nodeTarget(options) }],
    undo: { actions: [{ verb: 'node.resume', of: 0 }], until: [controlWhole(site), nodesWhole(site)], limitMs },
  });
}
