/** Kills the main process of a database with SIGKILL; committed data is on its volume and the kubelet restarts it. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { workloadWhole } from './until.ts';

/** `hold`: keep it down until healed. */
export function killDatabase(options: {
  readonly site: string;
  readonly workload: string;
  readonly hold?: boolean;
  readonly limitMs?: number;
}): Fault {
  const { site, workload, hold = false, limitMs = 600_000 } = options;
  return defineFault(options, ['site', 'workload', 'hold', 'limitMs'], {
    kind: 'kill-database',
    purpose: 'damage',
    title: `${hold ? 'stop' : 'kill'} database ${site}/${workload}`,
    actions: [{ verb: hold ? 'process.hold' : 'process.kill', target: { on: 'database', site, workload } }],
    undo: {
      actions: hold ? [{ verb: 'process.release', of: 0 }] : [],
      until: [workloadWhole(site, workload), { fact: 'database.writable', subject: { site, workload } }],
      limitMs,
    },
  });
}
