/** An operator declares a dead node out of service, so that its StatefulSet pods and volumes are let go. */
import type { Pick } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { nodesWhole } from './until.ts';
import { showPick } from './whom.ts';

/** The undo removes the taint; the node must be Ready then. */
export function declareOutOfService(options: {
  readonly site: string;
  readonly member: Pick;
  readonly limitMs?: number;
}): Fault {
  const { site, member, limitMs = 600_000 } = options;
  return defineFault(options, ['site', 'member', 'limitMs'], {
    kind: 'declare-out-of-service',
    purpose: 'operation',
    title: `declare node of ${site} (${showPick(member)}) out of service`,
    actions: [{ verb: 'node.out-of-service', target: { on: 'node', site, member } }],
    undo: { actions: [{ verb: 'node.in-service', of: 0 }], until: [nodesWhole(site)], limitMs },
  });
}
