/** Which way streams flow now: as the topology says, or turned round by a promotion. Apart because set-up, observation and verbs must agree. Pure. */
import type { Replication } from '../../../domain/between-sites.ts';
import type { Topology } from '../../../domain/topology.ts';
import { type BetweenPlan, type DatabasePlan, planStream, type StreamPlan } from './plan.ts';

/** Streams as they flow now. `promoted`: databases (by key) that bear the mark of a promotion. A one-way stream whose target was promoted flows from there. */
export function streamsNow(
  topology: Topology,
  plan: BetweenPlan,
  promoted: ReadonlySet<string>,
): readonly StreamPlan[] {
  return plan.streams.map((stream) => {
    const spec = specOf(topology, stream.replication);
    return !spec.bothWays && promoted.has(stream.to.key) ? planStream(spec, stream.to, stream.from) : stream;
  });
}

/** The topology's words for a stream. */
export function specOf(topology: Topology, name: string): Extract<Replication, { mode: 'stream' }> {
  return topology.replication.find(
    (each): each is Extract<Replication, { mode: 'stream' }> => each.name === name && each.mode === 'stream',
  )!;
}

/** Databases that should hold the same: those that a replication joins, and those of one name in different sites. */
export function counterparts(plan: BetweenPlan): readonly (readonly [DatabasePlan, DatabasePlan])[] {
  const flows = [...plan.streams, ...plan.batches];
  const joined = (a: DatabasePlan, b: DatabasePlan) =>
    flows.some(({ from, to }) => (from === a && to === b) || (from === b && to === a));
  return plan.databases.flatMap((a, i) =>
    plan.databases
      .slice(i + 1)
      .filter((b) => joined(a, b) || (a.workload === b.workload && a.site !== b.site))
      .map((b) => [a, b] as const),
  );
}
