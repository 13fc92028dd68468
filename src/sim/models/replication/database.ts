/** One database: what it holds, its role, and whether it answers. Apart from replication because what a crash leaves of it depends on its pod alone: with a volume everything, for commits are flushed; without one nothing. */
import type { Pod, SiteName, Workloads } from '../../model.ts';
import type { Loss } from './resume.ts';
import { common, createSiteOrders, type SiteOrders, type SiteRanges } from './site-orders.ts';

/** What a look at the pods showed. `emptied`: another container answers than before, and the data was in that one. */
export type Sight = 'same' | 'changed' | 'emptied';

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
  /** Looks at the pods again. */
  refresh(): Sight;
  /** Its rows are gone. What was given up at a promotion stays given up. */
  clear(): void;
}

/**
 * Databases as `site/workload`. `workloads` undefined: a virtual one, which always answers (manifests that name no database). Not `durable`: the data lives in the
 * container that answers and goes with it. A new container begins empty: no peer copies old rows to it, as PostgreSQL's initial copy would, so a lost volume looks worse than with a new subscription by hand.
 */
export function createDatabase(
  site: SiteName,
  workload: string,
  role: Database['role'],
  workloads: Pick<Workloads, 'pods'> | undefined,
  durable = true,
): Database {
  let loss: Loss | undefined = workloads === undefined ? undefined : 'closed';
  let pod: Pod | undefined;
  let container: string | undefined;
  const orders = { held: createSiteOrders(), duplicated: createSiteOrders(), resurrected: createSiteOrders() };
  return {
    key: `${site}/${workload}`,
    site,
    workload,
    ...orders,
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
      if (workloads === undefined) return 'same';
      const pods = workloads.pods(site, workload);
      const before = [loss, pod?.node];
      pod = pods.find((each) => each.truth === 'serving') ?? pods.find((each) => each.node !== undefined);
      loss = pod?.truth === 'serving' ? undefined : pod?.truth === 'silent' ? 'hung' : 'closed';
      const filled = container;
      if (loss === undefined) container = `${pod!.uid}/${pod!.starts}`;
      if (!durable && filled !== undefined && filled !== container) return 'emptied';
      return before[0] !== loss || before[1] !== pod?.node ? 'changed' : 'same';
    },
    clear: () => {
      for (const set of Object.values(orders)) set.clear();
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
