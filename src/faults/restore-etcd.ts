/** An operator rebuilds etcd of a site from its last snapshot; what was written since is lost. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { controlWhole } from './until.ts';

/** Nothing is to be undone: the site must be whole afterwards. */
export function restoreEtcd(options: { readonly site: string; readonly limitMs?: number }): Fault {
  const { site, limitMs = 900_000 } = options;
  return defineFault(options, ['site', 'limitMs'], {
    kind: 'restore-etcd',
    purpose: 'operation',
    title: `restore etcd of ${site} from its snapshot`,
    actions: [{ verb: 'etcd.restore', target: { on: 'site', site } }],
    undo: { actions: [], until: [controlWhole(site)], limitMs },
  });
}
