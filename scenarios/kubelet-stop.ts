/** Stops the kubelet of a worker: its pods go on serving, yet Kubernetes takes them for lost, out of rotation first, then replaced elsewhere, and cannot end the old ones before the kubelet is back. */
import {
  availability,
  defineScenario,
  detection,
  doubleEleven,
  holdProcess,
  latency,
  neverBelow,
  noDuplicatedOrders,
  noLostOrders,
  reaches,
  replaced,
  servesThrough,
} from '../src/index.ts';

export default defineScenario({
  name: 'kubelet-stop',
  title: 'The kubelet of a worker in east stops at the peak while its pods go on',
  proves: 'A node that only fell silent costs customers nothing: its pods serve until others have taken over',
  topology: 'dual-site',
  // The database lives elsewhere: a StatefulSet pod of a silent node is a story of its own.
  set: ['east/StatefulSet/postgres:spec.template.spec.nodeSelector={ kubernetes.io/hostname: east-worker3 }'],
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 950, window: ['23:59:30', '00:05'] }),
  limitMs: 360_000,
  faults: {
    'stop-kubelet': holdProcess({ component: 'kubelet', site: 'east', member: { name: 'east-worker' } }),
  },
  objectives: [
    detection({ fact: 'node.ready', not: true, after: 'stop-kubelet', msMax: 56_000 }),
    // Two of four replicas go at once, and the other two have hardly more than the capacity of the peak: a blink is allowed.
    servesThrough({ state: ['silent', 'unready', 'evicted', 'returning'], of: 'orders', unhealthyMsMax: 2_000 }),
    availability({ of: 'orders', ratioMin: 0.9999 }),
    latency({ of: 'orders', p99MsMax: 250 }),
    replaced({ workload: 'orders', after: 'stop-kubelet', msMax: 90_000 }),
    neverBelow({ workload: 'orders', site: 'east', replicasMin: 2 }),
    reaches({ fact: 'nodes.ready', where: { site: 'east' }, max: 5, after: 'stop-kubelet', msMax: 56_000 }),
    noLostOrders(),
    noDuplicatedOrders(),
  ],
  story: ({ story, inject, heal, when, all, fact, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'silent') },
        silent: {
          entry: inject('stop-kubelet'),
          when: when('node.ready', { site: 'east', node: 'east-worker', not: true, since: 'stop-kubelet' }, 'unready'),
          after: { 90000: 'unnoticed' },
        },
        // The endpoints go although the pods behind them serve.
        unready: {
          when: when('workload.degraded', { site: 'east', workload: 'orders', since: 'stop-kubelet' }, 'evicted'),
          after: { 30000: 'kept' },
        },
        evicted: {
          when: all(
            [
              fact('workload.degraded', { site: 'east', workload: 'orders', not: true, since: 'stop-kubelet' }),
              fact('workload.degraded', { site: 'east', workload: 'gateway', not: true, since: 'stop-kubelet' }),
            ],
            'returning',
          ),
          after: { 120000: 'unmoved' },
        },
        returning: {
          entry: heal('stop-kubelet'),
          when: all(
            [
              fact('node.ready', { site: 'east', node: 'east-worker', since: 'stop-kubelet' }),
              fact('workload.whole', { site: 'east', workload: 'orders' }),
              fact('workload.whole', { site: 'east', workload: 'gateway' }),
              fact('workload.whole', { site: 'east', workload: 'agent' }),
            ],
            'whole',
          ),
          after: { 120000: 'lost' },
        },
        whole: ends('expected'),
        unnoticed: ends('failed', 'the silence was not noticed within 90 s'),
        kept: ends('failed', 'no replica of the silent node was given up'),
        unmoved: ends('failed', 'the pods of the silent node were not replaced elsewhere'),
        lost: ends('failed', 'the node and its pods were not back within 120 s'),
      },
    }),
  twins: {
    'one-worker': {
      says: 'east has a single worker: once it is silent, all of its pods are taken out of rotation',
      set: [
        'east/kind:nodes=[{"role":"control-plane"},{"role":"control-plane"},{"role":"control-plane"},{"role":"worker"}]',
        'east/StatefulSet/postgres:spec.template.spec.nodeSelector=null',
      ],
      flips: ['story', 'availability of orders', 'orders never below 2 in east'],
      keeps: ['detection of stop-kubelet by node.ready', 'no lost orders'],
    },
  },
});
