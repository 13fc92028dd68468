/** The real-time stream of orders stalls; the scheduled batch of the same databases must catch up what the stream could not carry. */
import {
  availability,
  converged,
  defineScenario,
  doubleEleven,
  noDuplicatedOrders,
  noLostOrders,
  stallReplication,
  syncLag,
} from '../src/index.ts';

export default defineScenario({
  name: 'sync-stall',
  title: 'Real-time sync stalls at the peak and the scheduled batch catches up',
  proves: 'A little real-time sync and a timed batch together bound how far the datacentres drift apart',
  topology: 'dual-site',
  set: [
    "topology:replication.order-batch-west={from: east/postgres, to: west/postgres, mode: batch, schedule: '*/2 * * * *'}",
    "topology:replication.order-batch-east={from: west/postgres, to: east/postgres, mode: batch, schedule: '*/2 * * * *'}",
  ],
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:05'] }),
  limitMs: 360_000,
  faults: { 'stall-stream': stallReplication({ replication: 'orders' }) },
  objectives: [
    availability({ of: 'orders', ratioMin: 0.999 }),
    syncLag({ of: 'order-batch-west', msMax: 150_000 }),
    syncLag({ of: 'order-batch-east', msMax: 150_000 }),
    noLostOrders(),
    noDuplicatedOrders(),
    converged({ after: 'stall-stream', msMax: 30_000 }),
  ],
  story: ({ story, inject, heal, when, all, fact, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'stalling') },
        stalling: {
          entry: inject('stall-stream'),
          when: when('replication.stalled', { replication: 'orders', since: 'stall-stream' }, 'batching'),
          after: { 30000: 'flowing' },
        },
        batching: {
          when: all(
            [
              fact('replication.batch', { replication: 'order-batch-west', since: 'stall-stream' }),
              fact('replication.batch', { replication: 'order-batch-east', since: 'stall-stream' }),
            ],
            'resuming',
          ),
          after: { 180000: 'no-batch' },
        },
        resuming: {
          entry: heal('stall-stream'),
          when: all(
            [
              fact('replication.caught-up', { replication: 'orders', since: 'stall-stream' }),
              fact('data.converged', { since: 'stall-stream' }),
            ],
            'in-step',
          ),
          after: { 120000: 'diverged' },
        },
        'in-step': ends('expected'),
        flowing: ends('inconclusive', 'the stream did not stall within 30 s'),
        'no-batch': ends('failed', 'no batch completed within 180 s'),
        diverged: ends('failed', 'the sites did not agree within 120 s'),
      },
    }),
  twins: {
    'no-batch': {
      says: 'every batch runs once an hour only',
      set: [
        "topology:replication.inventory.schedule='59 * * * *'",
        "topology:replication.order-batch-west.schedule='59 * * * *'",
        "topology:replication.order-batch-east.schedule='59 * * * *'",
      ],
      flips: ['story', 'sync lag of order-batch-west', 'sync lag of order-batch-east'],
      keeps: ['availability of orders', 'no duplicated orders'],
    },
  },
});
