/** Stops the apply worker of a replication: nothing arrives, and the source keeps what it must send. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';

/** `replication`: its name in topology.yaml. */
export function stallReplication(options: { readonly replication: string; readonly limitMs?: number }): Fault {
  const { replication, limitMs = 300_000 } = options;
  return defineFault(options, ['replication', 'limitMs'], {
    kind: 'stall-replication',
    purpose: 'damage',
    title: `stall replication ${replication}`,
    actions: [{ verb: 'replication.stall', target: { on: 'replication', name: replication } }],
    undo: {
      actions: [{ verb: 'replication.resume', of: 0 }],
      until: [{ fact: 'replication.caught-up', subject: { replication } }],
      limitMs,
    },
  });
}
