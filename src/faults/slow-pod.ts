/** Makes pods slow: each request takes a multiple of its time. Nothing is dead, so nothing but the balancing rule can help. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { workloadWhole } from './until.ts';
import { type OnPod, showPick } from './whom.ts';

/** `factor`: the service time is multiplied by it (> 0). */
export function slowPod(options: OnPod & { readonly factor: number }): Fault {
  const { site, workload, member = 'one', factor, limitMs = 300_000 } = options;
  return defineFault(options, ['site', 'workload', 'factor', 'member', 'limitMs'], {
    kind: 'slow-pod',
    purpose: 'damage',
    title: `make ${site}/${workload} (${showPick(member)}) ${factor} times slower`,
    actions: [{ verb: 'pod.slow', target: { on: 'pod', site, workload, member }, args: { factor } }],
    undo: { actions: [{ verb: 'pod.unslow', of: 0 }], until: [workloadWhole(site, workload)], limitMs },
  });
}
