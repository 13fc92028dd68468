/** Databases, listeners and streams of a topology, and which way they flow. */
import { describe, expect, test } from 'vitest';
import type { Topology } from '../../../../src/domain/topology.ts';
import { counterparts, streamsNow } from '../../../../src/platform/kind/between/directions.ts';
import { planBetween } from '../../../../src/platform/kind/between/plan.ts';

const workload = (name: string, database?: string) => ({ name, namespace: 'order-desk', behaviour: { database } });
const site = (name: string, role = 'active') => ({
  name,
  role,
  workloads: [workload('orders', 'postgres'), workload('postgres')],
});
const stream = {
  name: 'orders',
  mode: 'stream',
  from: 'east/postgres',
  to: 'west/postgres',
  bothWays: true,
  originFilter: true,
  synchronous: false,
};
const batch = {
  name: 'stock',
  mode: 'batch',
  from: 'east/postgres',
  to: 'west/postgres',
  schedule: '*/2 * * * *',
  periodMs: 120_000,
};
const topologyOf = (replication: readonly object[], sites = [site('east'), site('west')]) =>
  ({ sites, replication }) as unknown as Topology;

describe('the plan', () => {
  test('has a listener per database and a probe per site', () => {
    const plan = planBetween(topologyOf([stream]));
    expect(plan.databases.map(({ key, listener, linkPort }) => [key, listener, linkPort])).toEqual([
      ['east/postgres', 'east-postgres', 15_432],
      ['west/postgres', 'west-postgres', 15_433],
    ]);
    expect(plan.probes.map(({ listener }) => listener)).toEqual(['probe-east', 'probe-west']);
  });

  test('a stream both ways is two, each with a slot of its own at its source', () => {
    expect(planBetween(topologyOf([stream])).streams.map(({ from, to, slot }) => [from.key, to.key, slot])).toEqual([
      ['east/postgres', 'west/postgres', 'elevenproof_orders_west'],
      ['west/postgres', 'east/postgres', 'elevenproof_orders_east'],
    ]);
  });

  test('a batch belongs to the cluster that receives', () => {
    expect(planBetween(topologyOf([batch])).batches.map(({ to, cronJob }) => [to.site, cronJob])).toEqual([
      ['west', 'batch-stock'],
    ]);
  });

  test('a standby site keeps a standby', () => {
    const { databases } = planBetween(topologyOf([], [site('east'), site('west', 'standby')]));
    expect(databases.map(({ standby }) => standby)).toEqual([false, true]);
  });

  test('a single site has no link to probe', () =>
    expect(planBetween(topologyOf([], [site('east')])).probes).toEqual([]));

  test('databases of one name should hold the same, also with nothing between them', () => {
    expect(counterparts(planBetween(topologyOf([]))).map(([a, b]) => [a.key, b.key])).toEqual([
      ['east/postgres', 'west/postgres'],
    ]);
  });
});

describe('which way a stream flows', () => {
  const ways = (spec: object, promoted: readonly string[]) => {
    const topology = topologyOf([spec]);
    return streamsNow(topology, planBetween(topology), new Set(promoted)).map(({ from }) => from.site);
  };
  test('as the topology says', () => expect(ways({ ...stream, bothWays: false }, [])).toEqual(['east']));
  test('from the side that was promoted', () =>
    expect(ways({ ...stream, bothWays: false }, ['west/postgres'])).toEqual(['west']));
  test('both ways stays both ways', () => expect(ways(stream, ['west/postgres'])).toEqual(['east', 'west']));
});
