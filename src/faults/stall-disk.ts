/** Makes every fsync of etcd members slow: the noisy neighbour, or the dying disk. */
import type { Pick } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { controlWhole } from './until.ts';
import { showPick } from './whom.ts';

/** `fsyncMs`: time that one fsync takes; above 1,000 ms a leader cannot stay one. */
export function stallDisk(options: {
  readonly site: string;
  readonly member?: Pick;
  readonly fsyncMs: number;
  readonly limitMs?: number;
}): Fault {
  const { site, member = 'leader', fsyncMs, limitMs = 600_000 } = options;
  return defineFault(options, ['site', 'fsyncMs', 'member', 'limitMs'], {
    kind: 'stall-disk',
    purpose: 'damage',
    title: `stall the disk of etcd of ${site} (${showPick(member)}) to ${fsyncMs} ms per fsync`,
    actions: [{ verb: 'disk.stall', target: { on: 'component', component: 'etcd', site, member }, args: { fsyncMs } }],
    undo: { actions: [{ verb: 'disk.restore', of: 0 }], until: [controlWhole(site)], limitMs },
  });
}
