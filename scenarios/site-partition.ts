/** Cuts the link between two active datacentres: both go on taking orders, apart from each other, and must agree again once the link is back. */
import {
  availability,
  converged,
  cutLink,
  defineScenario,
  doubleEleven,
  noCollateral,
  noDuplicatedOrders,
  noLostOrders,
  splitBrain,
  syncLag,
} from '../src/index.ts';

export default defineScenario({
  name: 'site-partition',
  title: 'The link between the datacentres is cut for a while at the peak',
  proves:
    'Two active datacentres go on selling through a partition, and every order of either side is in both afterwards',
  topology: 'dual-site',
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:06'] }),
  limitMs: 420_000,
  faults: { partition: cutLink({ from: 'east', to: 'west' }) },
  objectives: [
    availability({ of: 'orders', ratioMin: 0.999 }),
    noCollateral({
      after: 'partition',
      spares: [{ of: 'api.write' }, { workload: 'orders' }, { workload: 'gateway' }],
    }),
    splitBrain({ after: 'partition', msMax: 130_000 }),
    syncLag({ of: 'orders', msMax: 150_000 }),
    noLostOrders(),
    noDuplicatedOrders(),
    converged({ after: 'partition', msMax: 30_000 }),
  ],
  story: ({ story, inject, heal, when, all, fact, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'cutting') },
        cutting: {
          entry: inject('partition'),
          when: when('data.split', { since: 'partition' }, 'apart'),
          after: { 30000: 'whole-anyway' },
        },
        // Both sides look well from where they stand: the failed batch is what tells the crew.
        apart: {
          when: when('replication.stalled', { replication: 'inventory', since: 'partition' }, 'meeting'),
          after: { 180000: 'unnoticed' },
        },
        meeting: {
          entry: heal('partition'),
          when: all(
            [
              fact('link.up', { since: 'partition' }),
              fact('data.converged', { since: 'partition' }),
              fact('replication.caught-up', { replication: 'orders', since: 'partition' }),
            ],
            'one',
          ),
          after: { 120000: 'diverged' },
        },
        one: ends('expected'),
        'whole-anyway': ends('inconclusive', 'the cut did not part the databases within 30 s'),
        unnoticed: ends('failed', 'no batch told of the partition within 180 s'),
        diverged: ends('failed', 'the sites did not agree within 120 s of meeting again'),
      },
    }),
  twins: {
    'rare-batch': {
      says: 'the batch that would tell of the partition runs once an hour',
      set: ["topology:replication.inventory.schedule='59 * * * *'"],
      flips: ['story', 'split brain', 'sync lag of orders'],
      keeps: ['availability of orders', 'no lost orders', 'no duplicated orders'],
    },
    echoing: {
      says: 'changes that came by replication are sent on again: the first row that comes back stops the stream',
      set: ['topology:replication.orders.originFilter=false'],
      flips: ['sync lag of orders', 'converged after partition'],
      keeps: ['availability of orders', 'no lost orders', 'no duplicated orders'],
    },
    looping: {
      says: 'changes that came by replication are sent on again, into tables without a key',
      set: ['topology:replication.orders.originFilter=false', 'topology:replication.orders.uniqueKey=false'],
      flips: ['no duplicated orders'],
      keeps: ['availability of orders', 'no lost orders'],
    },
    'one-way-stream': {
      says: 'orders of west are not replicated to east',
      set: ['topology:replication.orders={from: east/postgres, to: west/postgres, mode: stream}'],
      flips: ['converged after partition'],
      keeps: ['availability of orders', 'no duplicated orders'],
    },
  },
});
