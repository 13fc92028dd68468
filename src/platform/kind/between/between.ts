/** Everything between and in front of the sites, tied together: started, observed, acted on, audited, removed. Apart from its parts so that the platform sees one thing. */
import type { RangeSet } from '../../../base/ranges.ts';
import type { Audit, Publish, Stop } from '../../../domain/event.ts';
import type { BetweenVerbs } from '../between-verbs.ts';
import type { KindWorld } from '../world.ts';
import { createAcceptedOrders } from './accepted-orders.ts';
import { foldAudit, type HeldOrders, type SiteRanges } from './audit-fold.ts';
import { createBalancer } from './balancer.ts';
import { watchBatches } from './batch-watch.ts';
import { createBatches } from './batches.ts';
import { type Database, openDatabase } from './database.ts';
import { counterparts } from './directions.ts';
import { createLink } from './link.ts';
import { type BalancerWatch, observeBalancer } from './observe-balancer.ts';
import { observeData } from './observe-data.ts';
import { observeLink } from './observe-link.ts';
import { everyWhile } from './pace.ts';
import { patiently } from './patiently.ts';
import { planBetween } from './plan.ts';
import { readOrders, unreadableReason } from './read-orders.ts';
import { createStreams } from './replication.ts';
import { createTeller } from './teller.ts';
import { createVerbs } from './verbs.ts';

/** What others know that the pieces between the sites need. */
export interface BetweenPorts {
  /** Port, on every node of its site, of a Service or of the way in to a database's workload. Throws when it has none. */
  nodePort(site: string, name: string): Promise<number>;
  /** Orders that customers were told had succeeded so far, by site. Absent: the balancer's log says it. */
  acknowledged?(): Readonly<Record<string, RangeSet>>;
}

/** Everything between and in front of the sites of a pair. */
export interface Between {
  /** Starts link and load balancer and sets up replication from nothing: tables are emptied. Called once the workloads are ready. */
  start(signal: AbortSignal): Promise<void>;
  observe(publish: Publish, signal: AbortSignal): Stop;
  audit(signal: AbortSignal): Promise<Audit>;
  /** Lets go of what this process holds: connections to databases. What stands goes on. */
  close(): void;
  /** Removes the containers; what lives in the clusters goes with them. Never throws for what is gone. */
  remove(): Promise<void>;
  readonly verbs: BetweenVerbs;
  /** Requests per second that customers sent to the site in the last second; 0 while nobody observes. */
  demandRps(site: string): number;
  /** Where customers come in, from this machine. */
  entry(): Promise<{ readonly url: string }>;
  /** Every line of the load balancer's log from now on. */
  accessLog(onLine: (line: string) => void): Stop;
}

/** How often the link is put right, ms. */
const repairMs = 1_000;

/** Nothing is started and nobody is asked yet. */
export function createBetween(world: KindWorld, ports: BetweenPorts): Between {
  const plan = planBetween(world.topology);
  const known = rememberPorts(ports);
  const databases = new Map(
    plan.databases.map((each): [string, Database] => [each.key, openDatabase(world, each, known.nodePort)]),
  );
  const link = createLink(world, plan, known.nodePort);
  const balancer = createBalancer(world, known.nodePort);
  const streams = createStreams(world, plan, databases);
  const batches = createBatches(world, plan, databases);
  const accepted = createAcceptedOrders();
  const writtenOff = new Map<string, SiteRanges>();
  let tell: Publish = () => undefined;
  let watch: BalancerWatch | undefined;
  const verbs = createVerbs({
    world,
    plan,
    databases,
    link,
    balancer,
    streams,
    batches,
    ports,
    accepted,
    writtenOff,
    tell: (event, atMs) => tell(event, atMs),
  });
  const close = () => {
    for (const database of databases.values()) database.close();
  };
  return {
    verbs,
    start: async (signal) => {
      known.forget();
      await Promise.all([link.start(signal), balancer.start(signal)]);
      await streams.setUp(signal);
      await batches.setUp();
    },
    observe: (publish, signal) => {
      let stopped = false;
      tell = (event, atMs) => {
        if (!stopped) publish(event, atMs);
      };
      const teller = createTeller(tell);
      const balanced = observeBalancer(world, balancer, teller);
      watch = balanced;
      const batchWatch = watchBatches(world, plan, teller);
      let turning = false;
      const turned = (promoted: ReadonlySet<string>) => {
        if (promoted.size === 0 || turning) return;
        turning = true;
        void streams
          .turn(promoted)
          .catch(() => undefined)
          .finally(() => {
            turning = false;
          });
      };
      const stops = [
        balanced.stop,
        batchWatch.stop,
        everyWhile(repairMs, link.repair),
        balancer.log(accepted.line),
        observeLink(world, plan, teller),
        observeData({ world, plan, databases, batches: batchWatch, turned }, teller),
      ];
      const stop = () => {
        signal.removeEventListener('abort', stop);
        stopped = true;
        for (const each of stops) each();
        tell = () => undefined;
        watch = undefined;
      };
      signal.addEventListener('abort', stop, { once: true });
      return stop;
    },
    audit: async (signal) => {
      const unreadable: Record<string, string> = {};
      const held = new Map<string, HeldOrders>();
      for (const [key, database] of databases) {
        try {
          held.set(key, await readOrders(database, signal));
        } catch (cause) {
          signal.throwIfAborted();
          unreadable[key] = unreadableReason(cause);
        }
      }
      const pairs = counterparts(plan).map(([a, b]) => [a.key, b.key] as const);
      return foldAudit(held, { pairs, writtenOff, unreadable });
    },
    close,
    remove: async () => {
      close();
      await world.engine.remove(world.ground.link.container);
      await world.engine.remove(world.ground.globalLoadBalancer.container);
    },
    demandRps: (site) => watch?.demandRps(site) ?? 0,
    entry: async () => ({ url: await balancer.url() }),
    accessLog: balancer.log,
  };
}

/** Ports stay what they are until the next deployment; they are needed also while no API server answers. */
function rememberPorts(ports: BetweenPorts) {
  const known = new Map<string, Promise<number>>();
  return {
    forget: () => known.clear(),
    nodePort: (site: string, name: string): Promise<number> => {
      const key = `${site}/${name}`;
      const port = known.get(key) ?? patiently(() => ports.nodePort(site, name));
      known.set(key, port);
      port.catch(() => known.delete(key));
      return port;
    },
  };
}
