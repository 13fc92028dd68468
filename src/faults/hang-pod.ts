/** Freezes the main process of pods: connections are accepted and never answered. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { workloadWhole } from './until.ts';
import { type OnPod, showPick } from './whom.ts';

/** `member`: which pods of the workload, by default any one. */
export function hangPod(options: OnPod): Fault {
  const { site, workload, member = 'one', limitMs = 600_000 } = options;
  return defineFault(options, ['site', 'workload', 'member', 'limitMs'], {
    kind: 'hang-pod',
    purpose: 'damage',
    title: `freeze the main process of ${site}/${workload} (${showPick(member)})`,
    actions: [{ verb: 'pod.hang', target: { on: 'pod', site, workload, member } }],
    undo: { actions: [{ verb: 'pod.unhang', of: 0 }], until: [workloadWhole(site, workload)], limitMs },
  });
}
