/** Takes the power of every control plane of a site away, and then of a worker: what runs goes on, nothing is replaced, and the dead pods of that worker stay in rotation until somebody can say otherwise. */
import {
  alert,
  availability,
  defineScenario,
  detection,
  doubleEleven,
  killNode,
  noLostOrders,
  recovery,
  replaced,
  servesThrough,
} from '../src/index.ts';

export default defineScenario({
  name: 'control-plane-loss',
  title: 'Site east loses all of its control planes, and then a worker, at the midnight peak',
  proves: 'Running pods need no control plane, and what breaks meanwhile is repaired only after it is back',
  topology: 'dual-site',
  // The database runs on a worker that stays: with it east would lose everything at once.
  set: ['east/StatefulSet/postgres:spec.template.spec.nodeSelector={"kubernetes.io/hostname": east-worker}'],
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:07'] }),
  limitMs: 480_000,
  faults: {
    'lose-control-plane': killNode({ site: 'east', role: 'control-plane', member: 'all' }),
    'lose-worker': killNode({ site: 'east', role: 'worker', member: { name: 'east-worker2' } }),
  },
  objectives: [
    detection({ fact: 'api.writable', where: { site: 'east' }, is: false, after: 'lose-control-plane', msMax: 2_000 }),
    servesThrough({ of: 'orders', state: 'headless' }),
    alert({ of: 'orders', after: 'lose-worker', msMax: 20_000 }),
    recovery({ of: 'orders', after: 'lose-worker', msMax: 240_000 }),
    replaced({ workload: 'orders', site: 'east', after: 'lose-worker', msMax: 260_000 }),
    // One or two of three gateways of east are dead and stay in rotation for almost three minutes.
    availability({ of: 'orders', ratioMin: 0.75 }),
    noLostOrders(),
  ],
  story: ({ story, inject, heal, when, all, fact, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'losing') },
        losing: {
          entry: inject('lose-control-plane'),
          when: when('api.writable', { site: 'east', not: true, since: 'lose-control-plane' }, 'headless'),
          after: { 30000: 'unhurt' },
        },
        headless: {
          waits: 'half a minute in which customers must not notice that nobody is in control',
          after: { 30000: 'short' },
        },
        short: {
          entry: inject('lose-worker'),
          initial: 'dying',
          states: {
            dying: {
              when: when(
                'node.running',
                { site: 'east', node: 'east-worker2', not: true, since: 'lose-worker' },
                'unseen',
              ),
            },
            unseen: {
              waits:
                'longer than the grace period of 50 s and the 20 s that the pods tolerate: a control plane would have replaced them',
              after: { 90000: 'missed' },
            },
            missed: ends('region'),
          },
          done: 'returning',
          after: { 120000: 'unhurt' },
        },
        returning: {
          entry: heal('lose-control-plane'),
          when: when('control.whole', { site: 'east', since: 'lose-control-plane' }, 'replacing'),
          after: { 180000: 'stuck' },
        },
        replacing: {
          when: all(
            [
              fact('node.ready', { site: 'east', node: 'east-worker2', not: true, since: 'lose-worker' }),
              fact('workload.whole', { site: 'east', workload: 'orders', since: 'lose-worker' }),
              fact('workload.whole', { site: 'east', workload: 'gateway', since: 'lose-worker' }),
              fact('sli.steady', { service: 'orders' }),
            ],
            'failing-back',
          ),
          after: { 180000: 'not-replaced' },
        },
        'failing-back': {
          entry: heal('lose-worker'),
          when: when('nodes.whole', { site: 'east', since: 'lose-worker' }, 'whole'),
          after: { 120000: 'stuck' },
        },
        whole: ends('expected'),
        unhurt: ends('inconclusive', 'the loss did not show within 30 s'),
        stuck: ends('failed', 'what was powered on again did not come back in time'),
        'not-replaced': ends(
          'failed',
          'the lost pods were not replaced within 180 s of the return of the control plane',
        ),
      },
    }),
  twins: {
    'default-tolerations': {
      says: 'pods tolerate a lost node for 300 s, as Kubernetes gives it to those that say nothing',
      set: [
        'east/Deployment/orders:spec.template.spec.tolerations=null',
        'east/Deployment/gateway:spec.template.spec.tolerations=null',
      ],
      flips: ['orders replaced after lose-worker'],
      keeps: ['orders serves through headless', 'no lost orders'],
    },
  },
});
