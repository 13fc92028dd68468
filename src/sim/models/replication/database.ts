/** One database: what it holds, its role, and whether it answers. Apart from replication because a crash loses nothing of it: commits are flushed and the volume is bound to the pod. */
import type { Pod, SiteName, Workloads } from '../../model.ts';
import type { Loss } from './resume.ts';
import { common, createSiteOrders, type SiteOrders, type SiteRanges } from './site-orders.ts';

/** A database, `site/workload`. */
export interface Database {
  readonly key: string;
  readonly site: SiteName;
  readonly workload: string;
  readonly held: SiteOrders;
  readonly duplicated: SiteOrders;
  readonly resurrected: SiteOrders;
  /** Given up as lost when the database was promoted. */
  readonly writtenOff: SiteOrders;
  role: 'primary' | 'standby';
  fenced: boolean;
  /** How a caller finds it dead; undefined: it answers. */
  readonly loss: Loss | undefined;
  /** The pod that answers, if it is a real one. */
  readonly pod: Pod | undefined;
  /** Looks at the pods again; true when anything changed. */
  refresh(): boolean;
}

/** Databases as `site/workload`. `workloads` undefined: a virtual one, which always answers (manifests that name no database). */
export function createDatabase(
  site: SiteName,
  workload: string,
  role: Database['role'],
  workloads: Pick<Workloads, 'pods'> | undefined,
): Database {
  let loss: Loss | undefined = workloads === undefined ? undefined : 'closed';
  let pod: Pod | undefined;
  return {
    key: `${site}/${workload}`,
    site,
    workload,
    held: createSiteOrders(),
    duplicated: createSiteOrders(),
    resurrected: createSiteOrders(),
    writtenOff: createSiteOrders(),
    role,
    fenced: false,
    get loss() {
      return loss;
    },
    get pod() {
      return pod;
    },
    refresh: () => {
      if (workloads === undefined) return false;
      const pods = workloads.pods(site, workload);
      const before = [loss, pod?.node];
      pod = pods.find((each) => each.truth === 'serving') ?? pods.find((each) => each.node !== undefined);
      loss = pod?.truth === 'serving' ? undefined : pod?.truth === 'silent' ? 'silent' : 'closed';
      return before[0] !== loss || before[1] !== pod?.node;
    },
  };
}

/** Orders arrive from elsewhere; the set makes it exact whoever brings them. `again`: what is there already counts as duplicated. */
export function applyOrders(database: Database, orders: SiteRanges, again: boolean): void {
  if (!database.writtenOff.empty) database.resurrected.addAll(common(orders, database.writtenOff.live()));
  for (const site of Object.keys(orders))
    for (const range of orders[site]!)
      for (const held of database.held.add(site, range)) if (again) database.duplicated.add(site, held);
}
