/** Which databases a platform has, how they are found by name, and which of them belong together. Apart from what they do. */
import type { Site, Topology } from '../../../domain/topology.ts';
import type { SiteName, Workloads } from '../../model.ts';
import { createDatabase, type Database } from './database.ts';
import { createSiteOrders, type SiteOrders } from './site-orders.ts';

/** Databases that a workload names as its own or a replication names as an end, in order of the topology. On a standby site they are standbys. */
export function namedDatabases(topology: Topology, workloads: Pick<Workloads, 'pods'>): Map<string, Database> {
  const databases = new Map<string, Database>();
  const add = (site: Site, workload: string) => {
    const key = `${site.name}/${workload}`;
    if (databases.has(key)) return;
    const real = site.workloads.some((each) => each.name === workload) ? workloads : undefined;
    databases.set(key, createDatabase(site.name, workload, site.role === 'active' ? 'primary' : 'standby', real));
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
