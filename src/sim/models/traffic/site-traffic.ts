/** One site under load: limits at its door, the flow behind it, its books and its commits. Apart from the buckets in time, which are the same for all sites. */
import type { Ms } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import type { Traffic } from '../../../domain/event.ts';
import type { Service } from '../../../domain/topology.ts';
import type { Network, ReplicationModel, SiteName } from '../../model.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import type { Failures } from './retries.ts';
import type { FlowStep, SiteFlow } from './site-flow.ts';
import { createSiteLedger, type Ended } from './site-ledger.ts';

/** A lost request had been committed before its answer was lost with this chance; nothing is known, so even. */
const resetDoneRatio = 0.5;

/** A site that is asked. */
export interface SiteTraffic {
  /** One bucket: whole requests and smooth rates per channel. `commits`, `reachable`: whether the database took commits, and whether packets got there, while it lasted. */
  take(bucket: {
    readonly fromMs: Ms;
    readonly toMs: Ms;
    readonly asked: ArrayLike<number>;
    readonly ratesRps: ArrayLike<number>;
    readonly commits: boolean;
    readonly reachable: boolean;
  }): readonly Traffic[];
  commits(): boolean;
  /** Customers' packets get to the site. */
  reachable(): boolean;
  inFlight(): number;
}

/** An answer for every request at once, without any work. */
function constant(failed: Failures, meanMs: number): FlowStep {
  return {
    outcome: { ok: 0, failed, late: 0, silent: 0, meanMs, modes: [], tries: 1 },
    values: new Float64Array(11),
    resetRatio: 0,
    retries: 0,
  };
}

/** Where no site, or no entry, is there to ask. */
const refused = constant({ refused: 1 }, 1);

/** `site` as the plan's service meets it; without `flow` everything is refused. */
export function createSiteTraffic(
  serviceName: string,
  site: SiteName,
  channels: readonly string[],
  entry: Service | undefined,
  flow: SiteFlow | undefined,
  deps: { readonly network: Network; readonly replication: ReplicationModel },
  random: Random,
): SiteTraffic {
  const ledger = createSiteLedger(serviceName, site, channels);
  const timeoutMs = entry?.policy.timeoutMs ?? 1000;
  const unreachable = constant({ unavailable: 1 }, timeoutMs);
  const limits = channels.map((channel) =>
    (flow?.services ?? []).flatMap((service) => createRateLimit(service.node.service.policy, channel) ?? []),
  );
  const { replication } = deps;
  const database = flow?.database;
  let reached = true;
  const commitAll = ({ ok, late, reset }: Ended, fromMs: Ms) => {
    if (database === undefined) return;
    if (ok > 0) replication.acknowledge(site, replication.commit(site, database, ok, fromMs));
    const open = late + random.binomial(reset, resetDoneRatio);
    if (open > 0 && replication.writable(site, database))
      replication.indeterminate(site, replication.commit(site, database, open, fromMs));
  };
  return {
    inFlight: ledger.inFlight,
    commits: () => database === undefined || replication.writable(site, database),
    reachable: () => flow === undefined || deps.network.reachable(site),
    take: ({ fromMs, toMs, asked, ratesRps, commits, reachable }) => {
      const seconds = (toMs - fromMs) / 1000;
      const admitted = channels.map((_, c) => admit(limits[c]!, asked[c]!, seconds));
      const limited = admitted.map((count, c) => asked[c]! - count);
      const rateRps = admitted.reduce((sum, count, c) => sum + (limited[c]! > 0 ? count / seconds : ratesRps[c]!), 0);
      const worked = flow?.step(reachable ? rateRps : 0, fromMs, toMs) ?? refused;
      const lost = reached && !reachable;
      reached = reachable;
      const step = reachable ? worked : lost ? { ...unreachable, resetRatio: 1 } : unreachable;
      const { traffic, ended } = ledger.book({
        fromMs,
        toMs,
        admitted,
        limited,
        step,
        timeoutMs: timeoutMs * step.outcome.tries,
        commits,
      });
      commitAll(ended, fromMs);
      return traffic;
    },
  };
}

function admit(limits: readonly RateLimit[], asked: number, seconds: number): number {
  let count = asked;
  for (const limit of limits) count = limit.admit(count, seconds);
  return count;
}
