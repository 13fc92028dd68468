/** An operator sets the replicas of a workload (and the lower bound of its autoscaler): the pre-scale before a known peak. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { workloadWhole } from './until.ts';

/** `replicas`: wanted, > 0. The undo sets back what was there before. */
export function scaleWorkload(options: {
  readonly site: string;
  readonly workload: string;
  readonly replicas: number;
  readonly limitMs?: number;
}): Fault {
  const { site, workload, replicas, limitMs = 600_000 } = options;
  return defineFault(options, ['site', 'workload', 'replicas', 'limitMs'], {
    kind: 'scale-workload',
    purpose: 'operation',
    title: `scale ${site}/${workload} to ${replicas}`,
    actions: [{ verb: 'workload.scale', target: { on: 'workload', site, workload }, args: { replicas } }],
    undo: {
      actions: [{ verb: 'workload.unscale', of: 0 }],
      until: [workloadWhole(site, workload), { fact: 'workload.rescaled', subject: { site, workload }, not: true }],
      limitMs,
    },
  });
}
