/** Kills the main process of order pods at the peak, again and again: the kubelet restarts them in place, readiness keeps customers off until they work, and retries hide the rest. */
import {
  availability,
  defineScenario,
  doubleEleven,
  killPod,
  latency,
  neverBelow,
  noCollateral,
  noDuplicatedOrders,
  noLostOrders,
  recovery,
  replaced,
} from '../src/index.ts';

export default defineScenario({
  name: 'pod-kill',
  title: 'Order pods of site east crash at the midnight peak, three times in a row',
  proves: 'A crashed pod is restarted in place within seconds, and customers hardly notice',
  topology: 'dual-site',
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:04'] }),
  limitMs: 300_000,
  faults: { 'kill-one': killPod({ site: 'east', workload: 'orders' }) },
  objectives: [
    // The first restart is immediate, the third of the same pod waits 20 s in back-off.
    replaced({ workload: 'orders', after: 'kill-one', msMax: 30_000 }),
    // Until the kubelet has seen it (1 s) and the endpoints follow, a quarter of the tries meet a closed port.
    recovery({ of: 'orders', after: 'kill-one', msMax: 2_500 }),
    availability({ of: 'orders', ratioMin: 0.9975 }),
    // While nobody knows yet: a retry goes to another pod three times in four, within its budget of a fifth.
    availability({ of: 'orders', ratioMin: 0.91, during: 'killing' }),
    latency({ of: 'orders', p99MsMax: 250 }),
    neverBelow({ workload: 'orders', site: 'east', replicasMin: 3 }),
    noCollateral({ after: 'kill-one', spares: [{ of: 'api.write' }, { workload: 'gateway' }] }),
    noLostOrders(),
    noDuplicatedOrders(),
  ],
  story: ({ story, inject, when, all, fact, passes, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'killing') },
        killing: {
          entry: inject('kill-one'),
          when: when('workload.degraded', { site: 'east', workload: 'orders', since: 'kill-one' }, 'restarting'),
          after: { 10000: 'unharmed' },
        },
        restarting: {
          when: when('workload.degraded', { site: 'east', workload: 'orders', not: true }, 'restarted'),
          after: { 60000: 'gone' },
        },
        restarted: {
          when: when('sli.steady', { service: 'orders' }, 'calm'),
          after: { 60000: 'shaken' },
        },
        // A crash that was noticed at once never unsettles the SLI, so its being steady does not say that the hold time has passed.
        calm: {
          waits: 'the crash of one pod must not tell on the next: ten steady seconds between them',
          after: { 10000: 'counting' },
        },
        counting: {
          when: [
            all([passes('kill-one', { max: 2 }), fact('sli.steady', { service: 'orders' })], 'killing'),
            all([passes('kill-one', { min: 3 }), fact('sli.steady', { service: 'orders' })], 'steady'),
          ],
          after: { 60000: 'shaken' },
        },
        steady: ends('expected'),
        unharmed: ends('inconclusive', 'no replica was missed after the kill'),
        gone: ends('failed', 'the pod was not ready again within 60 s'),
        shaken: ends('failed', 'customers were not served steadily within 60 s of the restart'),
      },
    }),
  twins: {
    'no-probes': {
      says: 'nothing tells whether an order pod works: no startup and no readiness probe',
      set: [
        '*/Deployment/orders:spec.template.spec.containers[0].readinessProbe=null',
        '*/Deployment/orders:spec.template.spec.containers[0].startupProbe=null',
      ],
      flips: ['recovery of orders', 'availability of orders'],
      keeps: ['orders never below 3 in east', 'no lost orders', 'no duplicated orders'],
    },
    'no-retries': {
      says: 'the gateway does not try another order pod when one refuses',
      set: ['*/Service/orders:metadata.annotations["elevenproof.dev/retries"]=0'],
      flips: ['availability of orders during killing'],
      keeps: ['orders replaced after kill-one', 'no collateral', 'no lost orders'],
    },
  },
});
