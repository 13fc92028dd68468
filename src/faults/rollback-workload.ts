/** An operator rolls a workload back to the revision before. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { workloadWhole } from './until.ts';

/** Nothing is to be undone: the workload must be whole afterwards. */
export function rollbackWorkload(options: {
  readonly site: string;
  readonly workload: string;
  readonly limitMs?: number;
}): Fault {
  const { site, workload, limitMs = 600_000 } = options;
  return defineFault(options, ['site', 'workload', 'limitMs'], {
    kind: 'rollback-workload',
    purpose: 'operation',
    title: `roll back ${site}/${workload}`,
    actions: [{ verb: 'workload.rollback', target: { on: 'workload', site, workload } }],
    undo: { actions: [], until: [workloadWhole(site, workload)], limitMs },
  });
}
