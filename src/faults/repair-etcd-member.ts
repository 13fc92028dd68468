/** An operator replaces an etcd member whose data is gone: remove it first, then add it as a learner, which is promoted once it has caught up. */
import type { Pick } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { controlWhole } from './until.ts';
import { showPick } from './whom.ts';

/** `member`: a node name as a rule: the dead one. */
export function repairEtcdMember(options: {
  readonly site: string;
  readonly member: Pick;
  readonly limitMs?: number;
}): Fault {
  const { site, member, limitMs = 600_000 } = options;
  const target = { on: 'component', component: 'etcd', site, member } as const;
  return defineFault(options, ['site', 'member', 'limitMs'], {
    kind: 'repair-etcd-member',
    purpose: 'operation',
    title: `replace the etcd member of ${site} (${showPick(member)})`,
    actions: [
      { verb: 'etcd.remove', target },
      { verb: 'etcd.add-learner', target },
    ],
    undo: { actions: [], until: [controlWhole(site)], limitMs },
  });
}
