/** What a commit costs a request and whether it succeeds. Apart because only here do traffic and replication meet before orders are counted. */
import type { ReplicationModel, SiteName, Workloads } from '../../model.ts';
import { logNormalOf } from './latency.ts';
import type { Outcome } from './retries.ts';

/** What a request meets at its database now. A database takes time but is never the bottleneck: its own queue is not modelled, which is kind to a platform whose database is the limit. A database that does not answer at all holds its callers until they give up, and so does a synchronous one whose peer does not answer (PostgreSQL, synchronous_commit: the commit waits without a limit). */
export function commitOutcome(
  site: SiteName,
  database: string,
  replication: ReplicationModel,
  workloads: Workloads,
): Outcome {
  const none = { ok: 0, late: 0, silent: 0, modes: [] };
  const pods = workloads.pods(site, database);
  if (!replication.writable(site, database)) {
    const hangs = pods.some((pod) => pod.truth === 'silent' && pod.deletedMs === undefined);
    // A primary that serves and still cannot complete a commit waits for its peer.
    const waits = replication.primary(site, database) && pods.some((pod) => pod.truth === 'serving');
    if (hangs || waits) return { ...none, failed: {}, silent: 1, meanMs: 60_000 };
    return { ...none, failed: { error: 1 }, meanMs: 1 };
  }
  const { behaviour } = workloads.spec(site, database);
  const slowest = pods.reduce(
    (factor, pod) => (pod.truth === 'serving' ? Math.max(factor, pod.slowFactor) : factor),
    1,
  );
  const own = logNormalOf(behaviour.serviceTimeMs * slowest, behaviour.serviceTimeP99Ms * slowest);
  const mode = { ...own, meanMs: own.meanMs + Math.max(0, replication.commitMs(site, database)) };
  return { ...none, ok: 1, failed: {}, meanMs: mode.meanMs, modes: [mode] };
}
