/** An operator makes a database refuse writes: the forbid-write window of a switchover, or a fence against split brain. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';

/** The undo lets it take writes again. */
export function fenceDatabase(options: {
  readonly site: string;
  readonly workload: string;
  readonly limitMs?: number;
}): Fault {
  const { site, workload, limitMs = 300_000 } = options;
  return defineFault(options, ['site', 'workload', 'limitMs'], {
    kind: 'fence-database',
    purpose: 'operation',
    title: `fence ${site}/${workload}`,
    actions: [{ verb: 'database.fence', target: { on: 'database', site, workload } }],
    undo: {
      actions: [{ verb: 'database.unfence', of: 0 }],
      until: [{ fact: 'database.writable', subject: { site, workload } }],
      limitMs,
    },
  });
}
