/** Freezes the main process of pods: connections are accepted and never answered. */
import type { Pick } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { showPick } from './kill-process.ts';
import { workloadWhole } from './until.ts';

/** `member`: which pods of the workload, by default any one. */
export function hangPod(options: {
  readonly site: string;
  readonly workload: string;
  readonly member?: Pick;
  readonly limitMs?: number;
}): Fault {
  const { site, workload, member = 'one', limitMs = 600_000 } = options;
  return defineFault(options, {
    kind: 'hang-pod',
    purpose: 'damage',
    title: `freeze the main process of ${site}/${workload} (${showPick(member)})`,
    actions: [{ verb: 'pod.hang', target: { on: 'pod', site, workload, member } }],
    undo: { actions: [{ verb: 'pod.unhang', of: 0 }], until: [workloadWhole(site, workload)], limitMs },
  });
}
