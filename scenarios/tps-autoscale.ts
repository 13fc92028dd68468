/** The midnight cliff against an autoscaler on orders per second: it lifts orders to seventeen times the rate of the minute before, within half a second, and no autoscaler can have pods ready by then. So the two sites meet it differently: east was scaled out by hand, west has only its autoscaler, and the run measures what the difference costs. */
import {
  availability,
  defineScenario,
  doubleEleven,
  errorBudget,
  flapping,
  latency,
  noLostOrders,
  replicasReach,
  scaleWorkload,
  timeToCapacity,
  unserved,
} from '../src/index.ts';

const westOrders = { site: 'west', workload: 'orders' } as const;

export default defineScenario({
  name: 'tps-autoscale',
  title: 'Midnight multiplies orders by seventeen: east was scaled out before, west has its autoscaler',
  proves:
    'An autoscaler on orders per second closes the gap of a midnight cliff within a minute and follows it down once, and scaling out before leaves no gap at all',
  topology: 'dual-site',
  // Twice as fast as the real curve, so that the way down and the second wave fit: the cliff takes half a second, the peak a minute.
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 4_000, window: ['23:59', '00:13'], compress: 2 }),
  limitMs: 450_000,
  faults: { 'prescale-east': scaleWorkload({ site: 'east', workload: 'orders', replicas: 14 }) },
  objectives: [
    replicasReach({ workload: 'orders', site: 'east', replicasMin: 14, after: 'prescale-east', msMax: 15_000 }),
    unserved({ of: 'orders', site: 'east', ratioMax: 0 }),
    availability({ of: 'orders', site: 'east', ratioMin: 0.9999 }),
    latency({ of: 'orders', site: 'east', p99MsMax: 250 }),
    // Two steps of the autoscaler: see the load (a scrape and a pass, up to 30 s), grow, have samples of the new pods (another 15 to 30 s), grow again.
    timeToCapacity({ ...westOrders, after: 'peak', msMax: 75_000 }),
    unserved({ of: 'orders', site: 'west', ratioMax: 0.08 }),
    availability({ of: 'orders', site: 'west', ratioMin: 0.92 }),
    flapping({ workload: 'orders', changesMax: 1 }),
    errorBudget({ of: 'orders', target: 0.999, ratioMax: 0.007 }),
    noLostOrders(),
  ],
  story: ({ story, perform, when, ends }) =>
    story({
      initial: 'eve',
      states: {
        eve: { when: when('load.started', 'preparing') },
        preparing: {
          entry: perform('prescale-east'),
          when: when('workload.ready', { site: 'east', workload: 'orders', min: 14 }, 'prepared'),
          after: { 45000: 'unprepared' },
        },
        prepared: { when: when('load.peaked', 'midnight') },
        midnight: {
          regions: {
            demand: {
              initial: 'rush',
              states: { rush: { when: when('load.fell', 'ebb') }, ebb: ends('region') },
            },
            capacity: {
              initial: 'short',
              states: {
                short: { when: when('autoscaler.wanted', { ...westOrders, min: 5 }, 'growing') },
                growing: { when: when('sli.steady', { service: 'orders' }, 'enough') },
                enough: { when: when('autoscaler.wanted', { ...westOrders, max: 8 }, 'shrunk') },
                shrunk: ends('region'),
              },
            },
          },
          done: 'followed',
          after: { 400000: 'not-followed' },
        },
        followed: ends('expected'),
        unprepared: ends('failed', '14 pods were not ready in east 45 s after they were asked for'),
        'not-followed': ends('failed', 'the peak was not over, or west not small again, 400 s after midnight'),
      },
    }),
  twins: {
    'hpa-removed': {
      says: 'nothing scales orders but people',
      set: ['*/HorizontalPodAutoscaler/orders=null'],
      flips: [
        'story',
        'time to capacity of orders in west',
        'unserved demand of orders in west',
        'availability of orders in west',
        'error budget of orders',
      ],
      keeps: ['availability of orders in east', 'no lost orders'],
    },
    'max-too-low': {
      says: 'the autoscaler of west may have six pods, and midnight needs nine',
      set: ['west/HorizontalPodAutoscaler/orders:spec.maxReplicas=6'],
      flips: [
        'time to capacity of orders in west',
        'unserved demand of orders in west',
        'availability of orders in west',
      ],
      keeps: ['unserved demand of orders in east', 'availability of orders in east', 'no lost orders'],
    },
    nervous: {
      says: 'the autoscaler shrinks as soon as it may, so it follows every wave of the night',
      set: ['*/HorizontalPodAutoscaler/orders:spec.behavior.scaleDown.stabilizationWindowSeconds=0'],
      flips: ['flapping of orders'],
      keeps: ['time to capacity of orders in west', 'no lost orders'],
    },
    'slow-start': {
      says: 'an order pod takes 40 s to start, so even what was scaled out before comes after midnight',
      set: ['*/Deployment/orders:metadata.annotations["elevenproof.dev/startup-ms"]=40000'],
      flips: ['14 replicas of orders after prescale-east', 'unserved demand of orders in east'],
      keeps: ['no lost orders'],
    },
  },
});
