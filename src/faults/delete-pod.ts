/** Deletes pods through the API, as an operator or an eviction does; their controller replaces them. */
import type { Pick } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { showPick } from './kill-process.ts';
import { workloadWhole } from './until.ts';

/** `member`: which pods of the workload, by default any one. */
export function deletePod(options: {
  readonly site: string;
  readonly workload: string;
  readonly member?: Pick;
  readonly limitMs?: number;
}): Fault {
  const { site, workload, member = 'one', limitMs = 600_000 } = options;
  return defineFault(options, {
    kind: 'delete-pod',
    purpose: 'damage',
    title: `delete pods of ${site}/${workload} (${showPick(member)})`,
    actions: [{ verb: 'pod.delete', target: { on: 'pod', site, workload, member } }],
    undo: { actions: [], until: [workloadWhole(site, workload)], limitMs },
  });
}
