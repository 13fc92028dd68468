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
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:05'] }),
  limitMs: 360_000,
  faults: { partition: cutLink({ from: 'east', to: 'west' }) },
  objectives: [
    availability({ of: 'orders', ratioMin: 0.999 }),
    noCollateral({
      after: 'partition',
      spares: [{ of: 'api.write' }, { workload: 'orders' }, { workload: 'gateway' }],
    }),
    splitBrain({ after: 'partition', msMax: 90_000 }),
    syncLag({ of: 'orders', msMax: 90_000 }),
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
        apart: {
          when: when('replication.lag-s', { replication: 'orders', min: 30 }, 'meeting'),
          after: { 120000: 'no-lag' },
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
        'no-lag': ends('inconclusive', 'nothing piled up behind the cut'),
        diverged: ends('failed', 'the sites did not agree within 120 s of meeting again'),
      },
    }),
  twins: {
    'one-way-stream': {
      says: 'orders of west are not replicated to east',
      set: ['topology:replication.orders={from: east/postgres, to: west/postgres, mode: stream}'],
      flips: ['converged after partition'],
      keeps: ['availability of orders', 'no duplicated orders'],
    },
  },
});
