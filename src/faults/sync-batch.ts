/** An operator runs a batch replication now instead of at its next time. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';

/** `replication`: its name in topology.yaml. */
export function syncBatch(options: { readonly replication: string }): Fault {
  const { replication } = options;
  return defineFault(options, ['replication'], {
    kind: 'sync-batch',
    purpose: 'operation',
    title: `run batch ${replication} now`,
    actions: [{ verb: 'replication.sync', target: { on: 'replication', name: replication } }],
    undo: { actions: [], until: [{ fact: 'replication.batch', subject: { replication } }], limitMs: 120_000 },
  });
}
