/** Deletes pods through the API, as an operator or an eviction does; their controller replaces them. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { workloadWhole } from './until.ts';
import { type OnPod, showPick } from './whom.ts';

/** `member`: which pods of the workload, by default any one. */
export function deletePod(options: OnPod): Fault {
  const { site, workload, member = 'one', limitMs = 600_000 } = options;
  return defineFault(options, ['site', 'workload', 'member', 'limitMs'], {
    kind: 'delete-pod',
    purpose: 'damage',
    title: `delete pods of ${site}/${workload} (${showPick(member)})`,
    actions: [{ verb: 'pod.delete', target: { on: 'pod', site, workload, member } }],
    undo: { actions: [], until: [workloadWhole(site, workload)], limitMs },
  });
}
