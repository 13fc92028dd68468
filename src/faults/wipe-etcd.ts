/** Stops etcd members and deletes their data. Undone from the members that are left; a majority without data needs a snapshot, so one must have been taken. */
import type { Pick } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { controlWhole } from './until.ts';
import { showPick } from './whom.ts';

/** `member`: whose data; `majority` by default, which no member can recover from by itself. */
export function wipeEtcd(options: { readonly site: string; readonly member?: Pick; readonly limitMs?: number }): Fault {
  const { site, member = 'majority', limitMs = 900_000 } = options;
  return defineFault(options, ['site', 'member', 'limitMs'], {
    kind: 'wipe-etcd',
    purpose: 'damage',
    title: `delete the data of etcd of ${site} (${showPick(member)})`,
    actions: [{ verb: 'etcd.wipe', target: { on: 'component', component: 'etcd', site, member } }],
    undo: { actions: [{ verb: 'etcd.rebuild', of: 0 }], until: [controlWhole(site)], limitMs },
  });
}
