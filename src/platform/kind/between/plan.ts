/** What lies between the sites as plain data: databases, the link's listeners, and which stream flows from where to where. Apart because set-up, observation, verbs and audit must agree on it, and it needs nothing but topology and ground. */
import type { Replication } from '../../../domain/between-sites.ts';
import type { Topology } from '../../../domain/topology.ts';

/** A database that orders are kept in. */
export interface DatabasePlan {
  /** `site/workload`, as the topology writes it. */
  readonly key: string;
  readonly site: string;
  readonly workload: string;
  readonly namespace: string;
  /** Else a StatefulSet. */
  readonly isDeployment: boolean;
  /** A standby takes no writes until it is promoted. */
  readonly standby: boolean;
  /** Port of the link proxy that leads to it. */
  readonly linkPort: number;
  /** Name of that listener. */
  readonly listener: string;
}

/** A stream's direction as it is set up. */
export interface StreamPlan {
  readonly replication: string;
  readonly from: DatabasePlan;
  readonly to: DatabasePlan;
  readonly originFilter: boolean;
  readonly synchronous: boolean;
  /** Name of the subscription in `to`, and of its connection to `from`. */
  readonly subscription: string;
  /** Name of the publication in `from`. */
  readonly publication: string;
  /** Name of the replication slot in `from`. */
  readonly slot: string;
}

/** A scheduled batch as it is set up. */
export interface BatchPlan {
  readonly replication: string;
  readonly from: DatabasePlan;
  readonly to: DatabasePlan;
  readonly schedule: string;
  /** Name of the CronJob in the cluster of `to`. */
  readonly cronJob: string;
}

/** All of it. */
export interface BetweenPlan {
  readonly databases: readonly DatabasePlan[];
  readonly streams: readonly StreamPlan[];
  readonly batches: readonly BatchPlan[];
  /** Rows of orders have a key; false when any stream says otherwise. */
  readonly uniqueKey: boolean;
  /** Listeners that only probes use, one per site they lead to; none for a single site. */
  readonly probes: readonly { readonly site: string; readonly listener: string; readonly linkPort: number }[];
}

/** First port of the link's listeners to databases, and of those for probes. Free choice, above what proxies use for themselves. */
const linkPorts = { database: 15_432, probe: 16_000 } as const;

/** Pure: the same topology gives the same names and ports. */
export function planBetween(topology: Topology): BetweenPlan {
  const databases = databaseNames(topology).map((key, i) => planDatabase(topology, key, i));
  const byKey = new Map(databases.map((database) => [database.key, database]));
  const end = (key: string) => byKey.get(key)!;
  const streams = topology.replication.filter((each) => each.mode === 'stream');
  return {
    databases,
    streams: streams.flatMap((spec) => {
      const forth = planStream(spec, end(spec.from), end(spec.to));
      return spec.bothWays ? [forth, planStream(spec, end(spec.to), end(spec.from))] : [forth];
    }),
    batches: topology.replication
      .filter((each) => each.mode === 'batch')
      .map((spec) => ({
        replication: spec.name,
        from: end(spec.from),
        to: end(spec.to),
        schedule: spec.schedule,
        cronJob: `batch-${spec.name}`,
      })),
    uniqueKey: streams.every(({ uniqueKey }) => uniqueKey ?? true),
    probes:
      topology.sites.length < 2
        ? []
        : topology.sites.map((site, i) => ({
            site: site.name,
            listener: `probe-${site.name}`,
            linkPort: linkPorts.probe + i,
          })),
  };
}

/** A stream's direction; also the one that a promotion turns round. */
export function planStream(
  spec: Extract<Replication, { mode: 'stream' }>,
  from: DatabasePlan,
  to: DatabasePlan,
): StreamPlan {
  const name = identifier(spec.name);
  return {
    replication: spec.name,
    from,
    to,
    originFilter: spec.originFilter,
    synchronous: spec.synchronous,
    subscription: `elevenproof_${name}`,
    publication: `elevenproof_${name}`,
    slot: `elevenproof_${name}_${identifier(to.site)}`,
  };
}

/** A name as SQL takes it without quotes. */
export function identifier(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '_');
}

/** Every database that a workload keeps its orders in, then those that only a replication names; in order of the topology. */
function databaseNames(topology: Topology): readonly string[] {
  const kept = topology.sites.flatMap((site) =>
    site.workloads.flatMap(({ behaviour }) =>
      behaviour.database === undefined ? [] : [`${site.name}/${behaviour.database}`],
    ),
  );
  return [...new Set([...kept, ...topology.replication.flatMap(({ from, to }) => [from, to])])];
}

function planDatabase(topology: Topology, key: string, i: number): DatabasePlan {
  const [siteName = '', workload = ''] = key.split('/');
  const site = topology.sites.find(({ name }) => name === siteName)!;
  const spec = site.workloads.find(({ name }) => name === workload);
  return {
    key,
    site: siteName,
    workload,
    namespace: spec?.namespace ?? 'default',
    isDeployment: spec?.kind === 'Deployment',
    standby: site.role === 'standby',
    linkPort: linkPorts.database + i,
    listener: `${siteName}-${workload}`,
  };
}
