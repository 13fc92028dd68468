/** Deletes the pods of a DaemonSet, first one, then all while a node is cordoned: each comes back on its own node, and cordoning does not keep it away. */
import {
  availability,
  constant,
  defineScenario,
  deletePod,
  drainNode,
  neverBelow,
  noCollateral,
  noLostOrders,
  replaced,
} from '../src/index.ts';

export default defineScenario({
  name: 'daemonset-pod-kill',
  title: 'The agents of site east are deleted, one of them on a node that is being emptied',
  proves:
    'A DaemonSet puts every pod back on the node where it is missing, even on a cordoned one, and nobody else notices',
  topology: 'dual-site',
  // The database stays out of the drain's way: moving it is not what is asked here.
  set: ['east/StatefulSet/postgres:spec.template.spec.nodeSelector={ kubernetes.io/hostname: east-worker3 }'],
  load: constant({ rateRps: 300 }),
  limitMs: 240_000,
  faults: {
    'delete-one': deletePod({ site: 'east', workload: 'agent' }),
    'drain-worker': drainNode({ site: 'east', member: { name: 'east-worker' } }),
    'delete-all': deletePod({ site: 'east', workload: 'agent', member: 'all' }),
  },
  objectives: [
    // The controller waits until the old pod has left the node: its graceful end is part of the time.
    replaced({ workload: 'agent', after: 'delete-one', msMax: 15_000 }),
    replaced({ workload: 'agent', after: 'delete-all', msMax: 15_000 }),
    neverBelow({ workload: 'agent', site: 'east', replicasMin: 2, during: ['deleting', 'recreating', 'emptying'] }),
    noCollateral({
      after: 'delete-one',
      spares: [{ of: 'orders' }, { of: 'api.write' }, { workload: 'agent', site: 'west' }],
      name: 'nobody feels one deletion',
    }),
    noCollateral({
      after: 'delete-all',
      spares: [{ of: 'orders' }, { of: 'api.write' }, { workload: 'orders' }, { workload: 'gateway' }],
      name: 'nobody feels all deletions',
    }),
    availability({ of: 'orders', ratioMin: 0.9999 }),
    noLostOrders(),
  ],
  story: ({ story, inject, perform, heal, when, all, fact, ends }) =>
    story({
      initial: 'quiet',
      states: {
        quiet: { when: when('load.started', 'deleting') },
        deleting: {
          entry: inject('delete-one'),
          when: when('workload.degraded', { site: 'east', workload: 'agent', since: 'delete-one' }, 'recreating'),
          after: { 10000: 'untouched' },
        },
        recreating: {
          when: when('workload.whole', { site: 'east', workload: 'agent', since: 'delete-one' }, 'emptying'),
          after: { 60000: 'missing' },
        },
        // Empty means: only DaemonSet pods are left. They must outlive the drain.
        emptying: {
          entry: perform('drain-worker'),
          when: all(
            [
              fact('node.drained', { site: 'east', node: 'east-worker', since: 'drain-worker' }),
              fact('workload.ready', { site: 'east', workload: 'agent', min: 3 }),
              fact('workload.whole', { site: 'east', workload: 'orders' }),
              fact('workload.whole', { site: 'east', workload: 'gateway' }),
            ],
            'deleting-all',
          ),
          after: { 120000: 'full' },
        },
        'deleting-all': {
          entry: inject('delete-all'),
          when: when(
            'workload.ready',
            { site: 'east', workload: 'agent', max: 0, since: 'delete-all' },
            'recreating-all',
          ),
          after: { 10000: 'untouched' },
        },
        'recreating-all': {
          when: when('workload.ready', { site: 'east', workload: 'agent', min: 3, since: 'delete-all' }, 'reopening'),
          after: { 60000: 'missing' },
        },
        reopening: {
          entry: heal('drain-worker'),
          when: all(
            [fact('nodes.whole', { site: 'east' }), fact('workload.whole', { site: 'east', workload: 'agent' })],
            'whole',
          ),
          after: { 30000: 'closed' },
        },
        whole: ends('expected'),
        untouched: ends('inconclusive', 'no agent was missed after the deletion'),
        missing: ends('failed', 'not every node had its agent again within 60 s'),
        full: ends('failed', 'the node was not emptied within 120 s, or an agent was lost with it'),
        closed: ends('failed', 'the node was not schedulable again within 30 s'),
      },
    }),
  twins: {
    'lingering-agent': {
      says: 'an agent takes a minute to end, and there may be no second one on its node meanwhile',
      set: [
        'east/DaemonSet/agent:spec.template.spec.terminationGracePeriodSeconds=90',
        'east/DaemonSet/agent:spec.template.spec.containers[0].lifecycle={ preStop: { sleep: { seconds: 40 } } }',
      ],
      flips: ['agent replaced after delete-one'],
      keeps: ['availability of orders', 'no lost orders'],
    },
    'chosen-nodes': {
      says: 'the agents run on one chosen node only',
      set: ['east/DaemonSet/agent:spec.template.spec.nodeSelector={ kubernetes.io/hostname: east-worker }'],
      flips: ['story', 'agent never below 2 in east during deleting and recreating and emptying'],
      keeps: ['availability of orders', 'nobody feels one deletion', 'no lost orders'],
    },
  },
});
