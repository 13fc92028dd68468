/** Releases a new order service and a new gateway at the peak, side by side: a rolling update is a failure that one makes oneself, and nobody may notice it. */
import {
  availability,
  defineScenario,
  doubleEleven,
  latency,
  neverBelow,
  noCollateral,
  noDuplicatedOrders,
  noLostOrders,
  releaseWorkload,
  rolledOut,
  servesThrough,
} from '../src/index.ts';

export default defineScenario({
  name: 'rolling-update-under-load',
  title: 'Orders and gateway of site east are updated at the midnight peak, both at once',
  proves: 'With readiness, a pause before SIGTERM and surge, a rolling update at the peak loses not one order',
  topology: 'dual-site',
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:04'] }),
  limitMs: 300_000,
  faults: {
    'release-orders': releaseWorkload({ site: 'east', workload: 'orders' }),
    'release-gateway': releaseWorkload({ site: 'east', workload: 'gateway' }),
  },
  objectives: [
    servesThrough({ state: 'releasing', of: 'orders' }),
    availability({ of: 'orders', ratioMin: 0.99999 }),
    latency({ of: 'orders', p99MsMax: 250 }),
    neverBelow({ workload: 'orders', site: 'east', replicasMin: 4 }),
    neverBelow({ workload: 'gateway', site: 'east', replicasMin: 3 }),
    rolledOut({ workload: 'orders', after: 'release-orders', msMax: 40_000 }),
    rolledOut({ workload: 'gateway', after: 'release-gateway', msMax: 25_000 }),
    noCollateral({ after: 'release-orders', spares: [{ of: 'api.write' }, { workload: 'orders', site: 'west' }] }),
    noLostOrders(),
    noDuplicatedOrders(),
  ],
  story: ({ story, perform, when, all, fact, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'releasing') },
        releasing: {
          regions: {
            orders: {
              initial: 'orders-rolling',
              states: {
                'orders-rolling': {
                  entry: perform('release-orders'),
                  when: when(
                    'workload.rolled-out',
                    { site: 'east', workload: 'orders', since: 'release-orders' },
                    'orders-new',
                  ),
                },
                'orders-new': ends('region'),
              },
            },
            gateway: {
              initial: 'gateway-rolling',
              states: {
                'gateway-rolling': {
                  entry: perform('release-gateway'),
                  when: when(
                    'workload.rolled-out',
                    { site: 'east', workload: 'gateway', since: 'release-gateway' },
                    'gateway-new',
                  ),
                },
                'gateway-new': ends('region'),
              },
            },
          },
          done: 'settling',
          after: { 150000: 'stuck' },
        },
        settling: {
          when: all(
            [
              fact('workload.whole', { site: 'east', workload: 'orders' }),
              fact('workload.whole', { site: 'east', workload: 'gateway' }),
              fact('sli.steady', { service: 'orders' }),
            ],
            'new',
          ),
          after: { 60000: 'unsettled' },
        },
        new: ends('expected'),
        stuck: ends('failed', 'the new revisions were not complete within 150 s'),
        unsettled: ends('failed', 'the site was not whole and steady 60 s after the roll-out'),
      },
    }),
  twins: {
    'slow-to-trust': {
      says: 'a new pod must be ready for half a minute before the next is replaced',
      set: ['east/Deployment/orders:spec.minReadySeconds=30'],
      flips: ['orders rolled out after release-orders'],
      keeps: ['orders never below 4 in east', 'gateway never below 3 in east', 'no lost orders'],
    },
    'no-prestop': {
      says: 'pods get SIGTERM at once, while proxies still send them customers',
      set: [
        'east/Deployment/orders:spec.template.spec.containers[0].lifecycle=null',
        'east/Deployment/gateway:spec.template.spec.containers[0].lifecycle=null',
      ],
      flips: ['availability of orders'],
      keeps: ['orders never below 4 in east', 'gateway never below 3 in east', 'no lost orders'],
    },
    'no-readiness': {
      says: 'new pods of the gateway are given customers before they listen',
      set: ['east/Deployment/gateway:spec.template.spec.containers[0].readinessProbe=null'],
      flips: ['availability of orders', 'orders serves through releasing'],
      keeps: ['orders never below 4 in east', 'no lost orders'],
    },
    'all-at-once': {
      says: 'the order service may be replaced as a whole: nothing keeps the old pods',
      set: ['east/Deployment/orders:spec.strategy.rollingUpdate={ maxSurge: 0, maxUnavailable: 100% }'],
      flips: ['availability of orders', 'orders serves through releasing', 'orders never below 4 in east'],
      keeps: ['gateway never below 3 in east', 'no lost orders'],
    },
  },
});
