/** Deletes the data of a majority of etcd members and restores the cluster from a snapshot: what was written since is gone, what ran before goes on. */
import {
  availability,
  defineScenario,
  doubleEleven,
  noLostOrders,
  recovery,
  replicasReach,
  restoreEtcd,
  scaleWorkload,
  servesThrough,
  snapshotEtcd,
  wipeEtcd,
} from '../src/index.ts';

export default defineScenario({
  name: 'etcd-restore-from-snapshot',
  title: 'A majority of the etcd data of site east is deleted and restored from a snapshot',
  proves:
    'A snapshot brings the control plane back to the time it was taken, and customers are served through all of it',
  topology: 'dual-site',
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:04'] }),
  limitMs: 300_000,
  faults: {
    'take-snapshot': snapshotEtcd({ site: 'east' }),
    'scale-out': scaleWorkload({ site: 'east', workload: 'orders', replicas: 8 }),
    'delete-data': wipeEtcd({ site: 'east', member: 'majority' }),
    restore: restoreEtcd({ site: 'east' }),
  },
  objectives: [
    replicasReach({ workload: 'orders', site: 'east', replicasMin: 8, after: 'scale-out', msMax: 30_000 }),
    servesThrough({
      of: 'orders',
      state: ['lost', 'deciding', 'restoring', 'forgetting', 'settling'],
      name: 'orders serves through the restore',
    }),
    recovery({ of: 'api.write', after: 'delete-data', msMax: 120_000 }),
    availability({ of: 'orders', ratioMin: 0.999 }),
    noLostOrders(),
  ],
  story: ({ story, inject, perform, when, all, fact, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'saving') },
        saving: {
          entry: perform('take-snapshot'),
          when: when('etcd.snapshot', { site: 'east', since: 'take-snapshot' }, 'growing'),
          after: { 30000: 'not-saved' },
        },
        // Written after the snapshot: this is what the restore must forget.
        growing: {
          entry: perform('scale-out'),
          when: when('workload.ready', { site: 'east', workload: 'orders', min: 8 }, 'lost'),
          after: { 60000: 'not-grown' },
        },
        lost: {
          entry: inject('delete-data'),
          when: when('etcd.quorum', { site: 'east', not: true, since: 'delete-data' }, 'deciding'),
          after: { 30000: 'unhurt' },
        },
        deciding: {
          waits: 'an operator finds out that no member can come back by itself, and fetches the snapshot',
          after: { 45000: 'restoring' },
        },
        restoring: {
          entry: perform('restore'),
          when: when('control.whole', { site: 'east', since: 'restore' }, 'forgetting'),
          after: { 180000: 'stuck' },
        },
        forgetting: {
          when: all(
            [
              fact('workload.wanted', { site: 'east', workload: 'orders', max: 7, since: 'restore' }),
              fact('workload.ready', { site: 'east', workload: 'orders', max: 7 }),
              fact('workload.whole', { site: 'east', workload: 'orders' }),
            ],
            'settling',
          ),
          after: { 60000: 'remembered' },
        },
        settling: {
          waits: 'half a minute in which the pods that the snapshot knew must carry the customers alone',
          after: { 30000: 'as-saved' },
        },
        'as-saved': ends('expected'),
        'not-saved': ends('inconclusive', 'no snapshot was taken within 30 s'),
        'not-grown': ends('inconclusive', 'east was not scaled out within 60 s'),
        unhurt: ends('inconclusive', 'etcd kept its quorum'),
        stuck: ends('failed', 'the control plane was not whole within 180 s of the restore'),
        remembered: ends('failed', 'what was written after the snapshot is still there'),
      },
    }),
  twins: {
    'thin-before': {
      says: 'site east had a single order pod when the snapshot was taken',
      set: ['east/HorizontalPodAutoscaler/orders=null', 'east/Deployment/orders:spec.replicas=1'],
      flips: ['orders serves through the restore', 'availability of orders'],
      keeps: ['recovery of api.write', 'no lost orders'],
    },
  },
});
