/** Freezes nodes: every process stands still and packets are swallowed, the usual picture of a hung hypervisor. */
import type { Pick } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { showPick } from './kill-process.ts';
import { controlWhole, nodesWhole } from './until.ts';

/** `role`: only such nodes; `hosting`: only nodes with a ready pod of this workload. */
export function pauseNode(options: {
  readonly site: string;
  readonly role?: 'control-plane' | 'worker';
  readonly hosting?: string;
  readonly member?: Pick;
  readonly limitMs?: number;
}): Fault {
  const { site, role, hosting, member = 'one', limitMs = 900_000 } = options;
  const target = { on: 'node', site, member, ...(role && { role }), ...(hosting && { hosting }) } as const;
  return defineFault(options, {
    kind: 'pause-node',
    purpose: 'damage',
    title: `freeze ${role ?? 'node'} of ${site} (${showPick(member)}${hosting ? `, with ${hosting}` : ''})`,
    actions: [{ verb: 'node.pause', target }],
    undo: { actions: [{ verb: 'node.resume', of: 0 }], until: [controlWhole(site), nodesWhole(site)], limitMs },
  });
}
