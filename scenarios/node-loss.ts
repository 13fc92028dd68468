/** Takes the power of a worker away at the peak, gives it back, and then does the same to the node of the database: stateless pods move, the database waits for its node while the operator sends customers to the other site. */
import {
  alert,
  availability,
  converged,
  defineScenario,
  detection,
  doubleEleven,
  killNode,
  neverBelow,
  noCollateral,
  noLostOrders,
  notReplaced,
  recovery,
  replaced,
  shiftTraffic,
} from '../src/index.ts';

export default defineScenario({
  name: 'node-loss',
  title: 'A worker of site east loses its power at the peak and comes back, then the node of the database',
  proves:
    'Customers are served again when the endpoints of a dead node are gone, its stateless pods move, and a database waits for its node without losing an order',
  topology: 'dual-site',
  // The database gets a node of its own choice, so that the first loss is one of stateless pods alone.
  set: ['east/StatefulSet/postgres:spec.template.spec.nodeSelector={ kubernetes.io/hostname: east-worker3 }'],
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59:30', '00:07'] }),
  limitMs: 480_000,
  faults: {
    'lose-worker': killNode({ site: 'east', member: { name: 'east-worker' } }),
    'lose-database': killNode({ site: 'east', hosting: 'postgres' }),
    'shift-west': shiftTraffic({ weights: { east: 0, west: 100 } }),
    'shift-back': shiftTraffic({ weights: { east: 50, west: 50 } }),
  },
  objectives: [
    // Grace period 50 s, of which up to 10 s have passed since the last lease, plus up to 5 s to the next look.
    detection({ fact: 'node.ready', not: true, after: 'lose-worker', msMax: 56_000 }),
    alert({ of: 'orders', after: 'lose-worker', msMax: 15_000 }),
    // Back when the endpoints go, with the node's readiness; not when its pods are replaced.
    recovery({ of: 'orders', after: 'lose-worker', msMax: 60_000, name: 'recovery from the lost worker' }),
    // NotReady, 20 s of toleration, and a start.
    replaced({ workload: 'orders', after: 'lose-worker', msMax: 90_000 }),
    neverBelow({ workload: 'orders', site: 'east', replicasMin: 2, during: ['dark', 'moving', 'returning'] }),
    noCollateral({
      after: 'lose-worker',
      spares: [
        { of: 'api.write', site: 'west' },
        { of: 'orders', site: 'west' },
      ],
    }),
    notReplaced({ workload: 'postgres', after: 'lose-database' }),
    recovery({ of: 'orders', after: 'lose-database', msMax: 5_000, name: 'recovery from the lost database' }),
    availability({ of: 'orders', ratioMin: 0.92 }),
    converged({ after: 'lose-database', msMax: 40_000 }),
    noLostOrders(),
  ],
  story: ({ story, inject, perform, heal, when, all, fact, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'losing') },
        losing: {
          entry: inject('lose-worker'),
          when: when('node.ready', { site: 'east', node: 'east-worker', not: true, since: 'lose-worker' }, 'dark'),
          after: { 90000: 'unnoticed' },
        },
        dark: {
          when: when('sli.healthy', { service: 'orders' }, 'moving'),
          after: { 30000: 'suffering' },
        },
        moving: {
          when: all(
            [
              fact('workload.degraded', { site: 'east', workload: 'orders', not: true }),
              fact('workload.degraded', { site: 'east', workload: 'gateway', not: true }),
            ],
            'returning',
          ),
          after: { 120000: 'unmoved' },
        },
        returning: {
          entry: heal('lose-worker'),
          when: all(
            [
              fact('node.ready', { site: 'east', node: 'east-worker', since: 'lose-worker' }),
              fact('nodes.whole', { site: 'east' }),
              fact('workload.whole', { site: 'east', workload: 'agent' }),
              fact('sli.steady', { service: 'orders' }),
            ],
            'losing-database',
          ),
          after: { 120000: 'lost' },
        },
        'losing-database': {
          entry: inject('lose-database'),
          when: when(
            'database.writable',
            { site: 'east', workload: 'postgres', not: true, since: 'lose-database' },
            'shifting',
          ),
          after: { 30000: 'unnoticed' },
        },
        // Nothing puts the database elsewhere: customers go to the other site, by the operator's hand.
        shifting: {
          entry: perform('shift-west'),
          when: all(
            [
              fact('site.serving', { site: 'east', not: true, since: 'shift-west' }),
              fact('sli.steady', { service: 'orders' }),
            ],
            'waiting',
          ),
          after: { 90000: 'suffering' },
        },
        waiting: {
          when: all(
            [
              fact('node.ready', { site: 'east', node: 'east-worker3', not: true }),
              fact('workload.degraded', { site: 'east', workload: 'orders', not: true }),
              fact('workload.degraded', { site: 'east', workload: 'postgres' }),
            ],
            'reviving',
          ),
          after: { 150000: 'unmoved' },
        },
        reviving: {
          entry: heal('lose-database'),
          when: all(
            [
              fact('database.writable', { site: 'east', workload: 'postgres', since: 'lose-database' }),
              fact('replication.caught-up', { replication: 'orders' }),
              fact('nodes.whole', { site: 'east' }),
            ],
            'shifting-back',
          ),
          after: { 150000: 'lost' },
        },
        'shifting-back': {
          entry: perform('shift-back'),
          when: all(
            [fact('site.serving', { site: 'east', since: 'shift-back' }), fact('sli.healthy', { service: 'orders' })],
            'both',
          ),
          after: { 60000: 'suffering' },
        },
        both: ends('expected'),
        unnoticed: ends('failed', 'the loss was not noticed in time'),
        suffering: ends('failed', 'customers were not served again in time'),
        unmoved: ends('failed', 'the pods of the dead node were not replaced elsewhere'),
        lost: ends('failed', 'the node and its pods did not come back in time'),
      },
    }),
  twins: {
    'database-as-deployment': {
      says: 'the database is a Deployment without a volume claim: a second one is started while the first is only out of reach',
      set: [
        'east/StatefulSet/postgres:kind=Deployment',
        'east/Deployment/postgres:spec.serviceName=null',
        'east/Deployment/postgres:spec.volumeClaimTemplates=null',
        'east/Deployment/postgres:spec.template.spec.containers[0].volumeMounts=null',
        'east/Deployment/postgres:spec.template.spec.nodeSelector=null',
        'east/Deployment/postgres:spec.template.spec.tolerations=[{ key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 10 }]',
      ],
      flips: ['postgres not replaced after lose-database'],
      keeps: ['detection of lose-worker by node.ready'],
    },
    'default-tolerations': {
      says: 'pods stay bound to a dead node for the five minutes that Kubernetes gives by default',
      set: [
        '*/Deployment/orders:spec.template.spec.tolerations=null',
        '*/Deployment/gateway:spec.template.spec.tolerations=null',
      ],
      flips: ['story', 'orders replaced after lose-worker'],
      keeps: ['recovery from the lost worker', 'no lost orders'],
    },
    'no-volume': {
      says: 'the database has no volume: its data goes with its container, and with it what is on its way to a site 120 ms off',
      // The distance alone flips nothing. Commits are booked every 100 ms, so with 20 ms the queue is empty at four losses in five.
      set: [
        'east/StatefulSet/postgres:spec.volumeClaimTemplates=null',
        'east/StatefulSet/postgres:spec.template.spec.containers[0].volumeMounts=null',
        'link.delayMs=120',
      ],
      flips: ['no lost orders', 'converged after lose-database'],
      keeps: ['story', 'postgres not replaced after lose-database', 'recovery from the lost database'],
    },
  },
});
