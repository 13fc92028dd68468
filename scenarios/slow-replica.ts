/** Makes one of four replicas ten times slower, which no probe sees: only the rule by which callers choose a replica decides how many customers feel it. The scenario takes the rule that copes; its twins are the three others. */
import {
  amplification,
  availability,
  constant,
  defineScenario,
  latency,
  noCollateral,
  noLostOrders,
  recovery,
  slowPod,
} from '../src/index.ts';

const balance = (rule: string) => [`*/Service/orders:metadata.annotations["elevenproof.dev/balance"]=${rule}`];

export default defineScenario({
  name: 'slow-replica',
  title: 'One order pod of site east becomes ten times slower, and every probe still calls it healthy',
  proves:
    'Callers that count requests in flight starve a slow replica by themselves, while turns, chance and averages keep feeding it',
  topology: 'dual-site',
  set: balance('least-requests'),
  load: constant({ rateRps: 800 }),
  limitMs: 180_000,
  faults: { 'slow-one': slowPod({ site: 'east', workload: 'orders', member: 'one', factor: 10 }) },
  objectives: [
    availability({ of: 'orders', site: 'east', ratioMin: 0.9995 }),
    // What a replica is not given cannot be late. The few that go there all the same take ten times as long: no rule saves the tail of a small site wholly.
    latency({ of: 'orders', site: 'east', p99MsMax: 400 }),
    latency({ of: 'orders', site: 'east', quantile: 0.5, msMax: 35 }),
    amplification({ of: 'orders', site: 'east', after: 'slow-one', triesPerRequestMax: 1.02 }),
    recovery({ of: 'orders', after: 'slow-one', msMax: 10_000 }),
    noCollateral({ after: 'slow-one', spares: [{ of: 'orders', site: 'west' }] }),
    noLostOrders(),
  ],
  story: ({ story, inject, heal, when, ends }) =>
    story({
      initial: 'even',
      states: {
        even: { when: when('sli.steady', { service: 'orders' }, 'slow'), after: { 30000: 'never-steady' } },
        // A minute and a half: long enough for a rule that weighs averages every 30 s to weigh, feed the pod again, and weigh once more.
        slow: {
          entry: inject('slow-one'),
          initial: 'working',
          states: {
            working: { when: when('sli.steady', { service: 'orders', not: true, since: 'slow-one' }, 'felt') },
            felt: { when: when('sli.steady', { service: 'orders' }, 'working') },
          },
          after: { 90000: 'healing' },
        },
        healing: {
          entry: heal('slow-one'),
          when: when('sli.steady', { service: 'orders' }, 'even-again'),
          after: { 60000: 'still-felt' },
        },
        'even-again': ends('expected'),
        'never-steady': ends('inconclusive', 'orders were not steady before anything was slowed'),
        'still-felt': ends('failed', 'orders were not steady 60 s after the pod was as fast as the others again'),
      },
    }),
  twins: {
    'round-robin': {
      says: 'callers take turns, so the slow pod is given a quarter of all calls and works through a tenth of its share',
      set: balance('round-robin'),
      flips: ['availability of orders in east', 'amplification of orders in east after slow-one', 'recovery of orders'],
      // Calls that time out have no latency: a tail that looks well is no proof of health.
      keeps: ['p99 of orders in east', 'no collateral', 'no lost orders'],
    },
    random: {
      says: 'callers choose at random, so the slow pod is given a quarter of all calls',
      set: balance('random'),
      flips: ['availability of orders in east', 'amplification of orders in east after slow-one', 'recovery of orders'],
      keeps: ['p99 of orders in east', 'no collateral', 'no lost orders'],
    },
    'weighted-response-time': {
      says: 'callers weigh pods by their average answer, anew every 30 s: late, and the slow pod keeps a share that spoils the tail',
      set: balance('weighted-response-time'),
      flips: [
        'availability of orders in east',
        'p99 of orders in east',
        'amplification of orders in east after slow-one',
        'recovery of orders',
      ],
      keeps: ['p50 of orders in east', 'no collateral', 'no lost orders'],
    },
  },
});
