/** Takes the power of nodes away until healed. */
import type { Pick } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { showPick } from './kill-process.ts';
import { controlWhole, nodesWhole } from './until.ts';

/** `role`: only such nodes; `hosting`: only nodes with a ready pod of this workload. */
export function killNode(options: {
  readonly site: string;
  readonly role?: 'control-plane' | 'worker';
  readonly hosting?: string;
  readonly member?: Pick;
  readonly limitMs?: number;
}): Fault {
  const { site, role, hosting, member = 'one', limitMs = 900_000 } = options;
  const target = { on: 'node', site, member, ...(role && { role }), ...(hosting && { hosting }) } as const;
  return defineFault(options, {
    kind: 'kill-node',
    purpose: 'damage',
    title: `power off ${role ?? 'node'} of ${site} (${showPick(member)}${hosting ? `, with ${hosting}` : ''})`,
    actions: [{ verb: 'node.kill', target }],
    undo: { actions: [{ verb: 'node.start', of: 0 }], until: [controlWhole(site), nodesWhole(site)], limitMs },
  });
}
