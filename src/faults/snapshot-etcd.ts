/** An operator takes a snapshot of etcd. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';

/** Nothing is to be undone. */
export function snapshotEtcd(options: { readonly site: string }): Fault {
  const { site } = options;
  return defineFault(options, ['site'], {
    kind: 'snapshot-etcd',
    purpose: 'operation',
    title: `take a snapshot of etcd of ${site}`,
    actions: [{ verb: 'etcd.snapshot', target: { on: 'site', site } }],
    undo: { actions: [], until: [{ fact: 'etcd.snapshot', subject: { site } }], limitMs: 60_000 },
  });
}
