/** A retry storm: queues are deep, callers try four times, and half a minute of slowness is enough to fill the queues with work that nobody waits for any more. What is tried is whether the service comes back when the cause is gone. */
import {
  alert,
  amplification,
  availability,
  constant,
  defineScenario,
  noCollateral,
  noDuplicatedOrders,
  noLostOrders,
  recovery,
  slowPod,
} from '../src/index.ts';

export default defineScenario({
  name: 'retry-storm',
  title: 'Every order pod of site east is slow for half a minute, and callers try again',
  proves:
    'With a retry budget a service recovers by itself when its cause of slowness is gone; retries alone would keep it down',
  topology: 'dual-site',
  set: [
    // The ingredients of a storm: as many pods as there will ever be, queues that promise more than callers wait for, and three retries. The budget is what holds them.
    '*/HorizontalPodAutoscaler/orders:spec.minReplicas=4',
    '*/HorizontalPodAutoscaler/orders:spec.maxReplicas=4',
    '*/Deployment/orders:metadata.annotations["elevenproof.dev/queue"]=600',
    '*/Service/orders:metadata.annotations["elevenproof.dev/retries"]=3',
    '*/Service/orders:metadata.annotations["elevenproof.dev/retry-budget-ratio"]=0.2',
  ],
  load: constant({ rateRps: 1_300 }),
  limitMs: 300_000,
  faults: { 'slow-all': slowPod({ site: 'east', workload: 'orders', member: 'all', factor: 4 }) },
  objectives: [
    recovery({ of: 'orders', after: 'slow-all', msMax: 45_000 }),
    alert({ of: 'orders', after: 'slow-all', msMax: 10_000 }),
    availability({ of: 'orders', ratioMin: 0.7 }),
    amplification({ of: 'orders', site: 'east', after: 'slow-all', triesPerRequestMax: 1.2 }),
    noCollateral({ after: 'slow-all', spares: [{ of: 'orders', site: 'west' }, { workload: 'orders' }] }),
    noLostOrders(),
    noDuplicatedOrders(),
  ],
  story: ({ story, inject, heal, when, ends }) =>
    story({
      initial: 'calm',
      states: {
        calm: { when: when('sli.steady', { service: 'orders' }, 'slowing'), after: { 30000: 'never-calm' } },
        slowing: {
          entry: inject('slow-all'),
          when: when('sli.healthy', { service: 'orders', not: true, since: 'slow-all' }, 'storm'),
          after: { 30000: 'unfelt' },
        },
        storm: {
          waits: 'twenty seconds in which queues fill with requests that their callers have given up',
          after: { 20000: 'relieved' },
        },
        relieved: {
          entry: heal('slow-all'),
          when: when('sli.steady', { service: 'orders' }, 'calm-again'),
          after: { 120000: 'still-down' },
        },
        'calm-again': ends('expected'),
        'never-calm': ends('inconclusive', 'orders were not steady before anything was slowed'),
        unfelt: ends('inconclusive', 'four times the service time was not felt within 30 s'),
        'still-down': ends('failed', 'the cause was gone for 120 s and orders were still not steady'),
      },
    }),
  twins: {
    'no-budget': {
      says: 'every failed try is tried again, three times, whatever the state of the service',
      set: ['*/Service/orders:metadata.annotations["elevenproof.dev/retry-budget-ratio"]=null'],
      flips: [
        'story',
        'recovery of orders',
        'availability of orders',
        'amplification of orders in east after slow-all',
      ],
      keeps: ['no collateral', 'no lost orders', 'no duplicated orders'],
    },
    'lax-promise': {
      says: 'the topology promises that half of all orders succeed, so no alarm is made from a storm in one site',
      set: ['topology:steadyState.orders.successRatioMin=0.5'],
      flips: ['alert on orders'],
      keeps: ['amplification of orders in east after slow-all', 'no lost orders', 'no duplicated orders'],
    },
  },
});
