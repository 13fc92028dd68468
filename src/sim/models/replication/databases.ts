/** Which databases a platform has, how they are found by name, and which of them belong together. Apart from what they do. */
import type { Site, Topology, Workload } from '../../../domain/topology.ts';
import type { SiteName, Workloads } from '../../model.ts';
import { createDatabase, type Database } from './database.ts';
import { createSiteOrders, type SiteOrders } from './site-orders.ts';

/** Databases that a workload names as its own or a replication names as an end, in order of the topology. On a standby site they are standbys. */
export function namedDatabases(topology: Topology, workloads: Pick<Workloads, 'pods'>): Map<string, Database> {
  const databases = new Map<string, Database>();
  const add = (site: Site, workload: string) => {
    const key = `${site.name}/${workload}`;
    if (databases.has(key)) return;
    const spec = site.workloads.find((each) => each.name === workload);
    const role = site.role === 'active' ? 'primary' : 'standby';
    const real = spec === undefined ? undefined : workloads;
    databases.set(key, createDatabase(site.name, workload, role, real, spec === undefined || isDurable(spec)));
  };
  for (const site of topology.sites)
    for (const workload of site.workloads) if (workload.behaviour.database) add(site, workload.behaviour.database);
  for (const end of topology.replication.flatMap((spec) => [spec.from, spec.to])) {
    const slash = end.indexOf('/');
    const site = topology.sites.find((each) => each.name === end.slice(0, slash));
    if (site === undefined) throw new Error(`No site for the database ${end}`);
    add(site, end.slice(slash + 1));
  }
  return databases;
}

/** Its pods have volumes of their own. What a Deployment mounts is not read, and taken for durable. */
function isDurable({ kind, template }: Workload): boolean {
  return kind !== 'StatefulSet' || template.volumeClaims.length > 0;
}

/** One set of committed orders per group of databases that replicate to each other, directly or over others. */
export function committedByGroup(
  topology: Topology,
  databases: ReadonlyMap<string, Database>,
): Map<Database, SiteOrders> {
  const groups = new Map<Database, SiteOrders>([...databases.values()].map((each) => [each, createSiteOrders()]));
  for (const spec of topology.replication) {
    const [kept, gone] = [groups.get(databases.get(spec.from)!)!, groups.get(databases.get(spec.to)!)!];
    for (const [database, group] of groups) if (group === gone) groups.set(database, kept);
  }
  return groups;
}

/** Finds a database by names without building its key each time; one that nobody named is virtual and joins the others. */
export function createFinder(databases: Map<string, Database>): (site: SiteName, workload: string) => Database {
  const bySite = new Map<SiteName, Map<string, Database>>();
  return (site, workload) => {
    const known = bySite.get(site)?.get(workload);
    if (known !== undefined) return known;
    const key = `${site}/${workload}`;
    const database = databases.get(key) ?? createDatabase(site, workload, 'primary', undefined);
    databases.set(key, database);
    bySite.set(site, (bySite.get(site) ?? new Map<string, Database>()).set(workload, database));
    return database;
  };
}
