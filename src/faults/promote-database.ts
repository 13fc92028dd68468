/** An operator makes a standby take writes. There is no way back but a rebuild, so the undo only proves that it writes. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';

/** `workload`: the database's StatefulSet in the site. */
export function promoteDatabase(options: { readonly site: string; readonly workload: string }): Fault {
  const { site, workload } = options;
  return defineFault(options, ['site', 'workload'], {
    kind: 'promote-database',
    purpose: 'operation',
    title: `promote ${site}/${workload}`,
    actions: [{ verb: 'database.promote', target: { on: 'database', site, workload } }],
    undo: { actions: [], until: [{ fact: 'database.writable', subject: { site, workload } }], limitMs: 300_000 },
  });
}
