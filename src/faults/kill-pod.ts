/** Kills the main process of pods; the kubelet restarts them in place. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { workloadWhole } from './until.ts';
import { type OnPod, showPick } from './whom.ts';

/** `member`: which pods of the workload, by default any one. */
export function killPod(options: OnPod): Fault {
  const { site, workload, member = 'one', limitMs = 600_000 } = options;
  return defineFault(options, ['site', 'workload', 'member', 'limitMs'], {
    kind: 'kill-pod',
    purpose: 'damage',
    title: `kill the main process of ${site}/${workload} (${showPick(member)})`,
    actions: [{ verb: 'pod.kill', target: { on: 'pod', site, workload, member } }],
    undo: { actions: [], until: [workloadWhole(site, workload)], limitMs },
  });
}
