/** Databases and what flows between them: every order is numbered by its site, committed, streamed, batched, promoted and audited as ranges. */
import type { Ms } from '../../base/clock.ts';
import { parseCron } from '../../base/cron.ts';
import type { Range } from '../../base/ranges.ts';
import type { Replication } from '../../domain/between-sites.ts';
import type { Topology } from '../../domain/topology.ts';
import { createSignal, type Kernel } from '../kernel.ts';
import type { ControlPlane, Network, ReplicationModel, SiteName, Workloads } from '../model.ts';
import { auditOf } from './replication/audit.ts';
import { type Batch, createBatch } from './replication/batch.ts';
import { commitSlices } from './replication/commit-slices.ts';
import { type Carrier, counterparts, holdsAll } from './replication/convergence.ts';
import { applyOrders, type Database } from './replication/database.ts';
import { committedByGroup, createFinder, namedDatabases } from './replication/databases.ts';
import { createOrderLog, type OrderLog } from './replication/order-log.ts';
import { linkPasses, type PathNetwork, pathOf } from './replication/path.ts';
import {
  common,
  countOrders,
  createSiteOrders,
  isEmpty,
  type SiteOrders,
  type SiteRanges,
  without,
} from './replication/site-orders.ts';
import { createStreamPair, type StreamPair } from './replication/stream-pair.ts';

/** What the model asks of its neighbours. */
export interface ReplicationDeps {
  readonly network: PathNetwork & Pick<Network, 'changed'>;
  readonly workloads: Pick<Workloads, 'pods' | 'podChanged'>;
  /** Of the site that receives a batch: its CronJob. Absent: there always is one. */
  readonly controlPlane?: Pick<ControlPlane, 'whenControllerActs'>;
}

/** One replication of the topology at work. */
interface Flow extends Carrier {
  readonly spec: Replication;
  /** From → to; for a stream the one that an operator starts by hand. */
  readonly batch: Batch;
  /** The other way, for streams both ways. */
  readonly batchBack: Batch | undefined;
}

/** The replication of a platform. Throws an InputError for a schedule that is no cron expression. */
export function createReplication(kernel: Kernel, topology: Topology, deps: ReplicationDeps): ReplicationModel {
  const changed = createSignal<{ readonly at: Ms }>();
  /** When everything that had arrived was delivered; undefined: something was done since. */
  let advancedMs: Ms | undefined;
  const changing: ReplicationModel['changing'] = createSignal();
  const emit = () => {
    advancedMs = undefined;
    changed.emit({ at: kernel.now() });
  };
  const settle = () => changing.emit({ at: kernel.now() });
  const logs = new Map<SiteName, OrderLog>(topology.sites.map((site) => [site.name, createOrderLog()]));
  const logOf = (site: SiteName) => {
    const log = logs.get(site) ?? createOrderLog();
    logs.set(site, log);
    return log;
  };
  const databases = namedDatabases(topology, deps.workloads);
  const databaseOf = createFinder(databases);
  const stalled = new Set<string>();
  const flows: Flow[] = [];
  const pairs = new Map<Database, StreamPair[]>();
  const pairsOf = (database: Database): readonly StreamPair[] => pairs.get(database) ?? [];
  const committed = committedByGroup(topology, databases);
  const committedNear = (database: Database): SiteOrders => {
    const group = committed.get(database) ?? createSiteOrders();
    committed.set(database, group);
    return group;
  };
  const writable = (database: Database) => {
    if (database.loss !== undefined || database.role !== 'primary' || database.fenced) return false;
    for (const pair of pairsOf(database)) if (pair.waitsForPeer(database)) return false;
    return true;
  };
  /** Delivers everything that has arrived by now; changes that circle may take several rounds. */
  const advance = () => {
    if (advancedMs === kernel.now()) return;
    advancedMs = kernel.now();
    for (let moved = true; moved; ) {
      moved = false;
      for (const flow of flows) if (flow.stream?.advance()) moved = true;
    }
  };
  const refresh = () => {
    settle();
    advance();
    for (const flow of flows) {
      flow.stream?.refresh();
      flow.batch.check();
      flow.batchBack?.check();
    }
    emit();
  };
  /** The container with its data is gone, and with it what was still to be sent. */
  const empty = (database: Database) => {
    advance();
    database.clear();
    for (const pair of pairsOf(database)) pair.forget(database);
  };
  const batchOf = (spec: Replication, from: Database, to: Database, schedule: string | undefined): Batch =>
    createBatch(kernel, schedule === undefined ? undefined : parseCron(schedule), {
      whenScheduled: (act) => {
        if (deps.controlPlane === undefined) act();
        else deps.controlPlane.whenControllerActs(to.site, act);
      },
      missing: () => {
        advance();
        return without(from.held.live(), to.held.live());
      },
      passes: () =>
        !(spec.mode === 'batch' && stalled.has(spec.name)) &&
        pathOf(deps.network, topology.link, from, to).loss === undefined,
      delayMs: () => pathOf(deps.network, topology.link, from, to).delayMs,
      msPerOrder: () => pathOf(deps.network, topology.link, from, to).msPerOrder,
      deliver: (orders) => {
        advance();
        applyOrders(to, orders, false);
      },
      changed: emit,
    });
  const streamOf = (spec: Replication, from: Database, to: Database): StreamPair | undefined =>
    spec.mode === 'batch'
      ? undefined
      : createStreamPair(kernel, spec, [from, to], {
          path: (a, b) => pathOf(deps.network, topology.link, a, b),
          writable,
          passOn: (database, segment) => {
            for (const pair of pairsOf(database)) pair.passOn(database, segment);
          },
          changed: emit,
        });
  for (const spec of topology.replication) {
    const from = databases.get(spec.from)!;
    const to = databases.get(spec.to)!;
    const stream = streamOf(spec, from, to);
    const batch = batchOf(spec, from, to, spec.mode === 'batch' ? spec.schedule : undefined);
    const batchBack = stream?.bothWays ? batchOf(spec, to, from, undefined) : undefined;
    flows.push({ spec, from, to, stream, batch, batchBack });
    if (stream !== undefined) for (const end of stream.ends) pairs.set(end, [...pairsOf(end), stream]);
  }
  const pairsToCompare = counterparts([...databases.values()], flows);
  const flowOf = (name: string): Flow => {
    const flow = flows.find((each) => each.spec.name === name);
    if (flow === undefined) throw new Error(`No replication ${name}`);
    return flow;
  };
  for (const database of databases.values()) database.refresh();
  refresh();
  deps.network.changed.on(refresh);
  deps.workloads.podChanged.on((pod) => {
    const database = databases.get(`${pod.site}/${pod.workload}`);
    if (database === undefined) return;
    settle();
    const sight = database.refresh();
    if (sight === 'emptied') empty(database);
    if (sight !== 'same') refresh();
  });

  return {
    changed,
    changing,
    list: () => topology.replication,
    writable: (site, workload) => writable(databaseOf(site, workload)),
    primary: (site, workload) => isPrimary(databaseOf(site, workload)),
    commitMs: (site, workload) => {
      const database = databaseOf(site, workload);
      return pairsOf(database).reduce((most, pair) => Math.max(most, pair.commitMs(database)), 0);
    },
    commit: (site, workload, count, sinceMs) => {
      advance();
      const database = databaseOf(site, workload);
      const first = logOf(site).next();
      const sent = pairsOf(database);
      const delayMs = sent.reduce((most, pair) => Math.max(most, pair.delayMs(database)), 0);
      for (const [orders, atMs] of commitSlices(count, sinceMs ?? kernel.now(), kernel.now(), delayMs)) {
        const range = logOf(site).number(orders, atMs);
        const segment = { atMs, orders: { [site]: [range] }, count: orders };
        for (const pair of sent) pair.commit(database, segment);
      }
      advancedMs = undefined;
      const range: Range = [first, first + count];
      if (count === 0) return range;
      database.held.add(site, range);
      committedNear(database).add(site, range);
      return range;
    },
    acknowledge: (site, orders) => logOf(site).acknowledge(orders),
    indeterminate: (site, orders) => logOf(site).indeterminate(orders),
    promote: (site, workload) => {
      settle();
      advance();
      const database = databaseOf(site, workload);
      const pairs = pairsOf(database);
      // PostgreSQL: pg_promote of what is not in recovery is refused, and nothing is given up by it.
      if (isPrimary(database) && pairs.length > 0 && pairs.every((pair) => pair.leads(database))) return undefined;
      const acknowledged = common(acknowledgedOf(logs), committedNear(database).live());
      const missing = without(acknowledged, database.held.live());
      if (database.role === 'standby' || pairs.some((pair) => !pair.bothWays && !pair.leads(database)))
        database.writtenOff.addAll(missing);
      database.role = 'primary';
      for (const pair of pairs) pair.promote(database);
      refresh();
      return { type: 'promotion', site, workload, missing, missingAgeMs: ageOf(missing, logOf, kernel.now()) };
    },
    fence: (site, workload, on) => {
      settle();
      databaseOf(site, workload).fenced = on;
      emit();
    },
    stall: (name, on) => {
      const flow = flowOf(name);
      settle();
      advance();
      if (on) stalled.add(name);
      else stalled.delete(name);
      flow.stream?.setStalled(on);
      flow.batch.check();
      emit();
    },
    syncNow: (name) => {
      const flow = flowOf(name);
      flow.batch.start();
      flow.batchBack?.start();
    },
    lag: (name) => {
      advance();
      const flow = flowOf(name);
      if (flow.stream !== undefined) return flow.stream.lag();
      const missing = without(flow.from.held.live(), flow.to.held.live());
      return { records: countOrders(missing), ageMs: ageOf(missing, logOf, kernel.now()) };
    },
    held: (name) => stalled.has(flowOf(name).spec.name),
    stalled: (name) => {
      advance();
      const flow = flowOf(name);
      return flow.stream === undefined ? flow.batch.failed() : flow.stream.stalled();
    },
    caughtUp: (name) => {
      advance();
      const flow = flowOf(name);
      return flow.stream === undefined ? flow.batch.caughtUp() : flow.stream.caughtUp();
    },
    batches: (name) => flowOf(name).batch.completed(),
    split: () =>
      flows.some(({ stream }) => stream?.split()) ||
      pairsToCompare.some(([a, b]) => writable(a) && writable(b) && !linkPasses(deps.network, a, b)),
    converged: () => {
      advance();
      const oldestMs = (orders: SiteRanges) => kernel.now() - ageOf(orders, logOf, kernel.now());
      const holds = (from: Database, to: Database) => holdsAll(from, to, flows, kernel.now(), oldestMs);
      return pairsToCompare.every(([a, b]) => holds(a, b) && holds(b, a));
    },
    takeNews: () => {
      const news = [...logs].map(([site, log]) => [site, log.takeNews()] as const);
      const pick = (what: 'acknowledged' | 'indeterminate') =>
        Object.fromEntries(news.filter(([, each]) => each[what].length > 0).map(([site, each]) => [site, each[what]]));
      return { acknowledged: pick('acknowledged'), indeterminate: pick('indeterminate') };
    },
    audit: () => {
      advance();
      return auditOf([...databases.values()], flows);
    },
  };
}

function isPrimary(database: Database): boolean {
  return database.role === 'primary' && !database.fenced;
}

function acknowledgedOf(logs: ReadonlyMap<SiteName, OrderLog>): SiteRanges {
  return Object.fromEntries([...logs].map(([site, log]) => [site, log.acknowledged()]));
}

/** Age of the oldest order of the set, ms; 0 when it is empty. */
function ageOf(orders: SiteRanges, logOf: (site: SiteName) => OrderLog, nowMs: Ms): Ms {
  const ages = Object.entries(orders).map(([site, ranges]) => nowMs - logOf(site).committedMs(ranges[0]![0]));
  return isEmpty(orders) ? 0 : Math.max(...ages);
}
