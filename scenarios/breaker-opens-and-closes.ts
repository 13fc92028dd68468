/** Every order pod of one site takes a hundred times as long as it should, much longer than anybody waits. What is tried is the whole round of the breaker in its callers: it opens, tries in vain, opens again, and closes when the pods are themselves again. */
import {
  amplification,
  availability,
  constant,
  defineScenario,
  noCollateral,
  noDuplicatedOrders,
  noLostOrders,
  reaches,
  recovery,
  slowPod,
} from '../src/index.ts';

const breaker = (says: string) => `*/Service/orders:metadata.annotations["elevenproof.dev/breaker"]=${says}`;
const inEast = { site: 'east', service: 'orders' } as const;

export default defineScenario({
  name: 'breaker-opens-and-closes',
  title: 'The order service of site east stops answering in time; the breaker before it opens, tries, and closes',
  proves:
    'A circuit breaker takes the load off a service that cannot answer, tries it one call at a time, and gives it back within seconds of its return',
  topology: 'dual-site',
  set: [
    breaker('errors=0.5,volume=20,window-ms=10000,sleep-ms=5000'),
    // What holds retries back here is to be the breaker alone.
    '*/Service/orders:metadata.annotations["elevenproof.dev/retry-budget-ratio"]=null',
  ],
  load: constant({ rateRps: 600 }),
  limitMs: 180_000,
  faults: { 'slow-all': slowPod({ site: 'east', workload: 'orders', member: 'all', factor: 100 }) },
  objectives: [
    reaches({
      fact: 'breaker.state',
      where: inEast,
      is: 'open',
      after: 'slow-all',
      msMax: 10_000,
      name: 'the breaker opens',
    }),
    amplification({ of: 'orders', site: 'east', after: 'slow-all', triesPerRequestMax: 1.2 }),
    recovery({ of: 'orders', after: 'slow-all', msMax: 25_000 }),
    availability({ of: 'orders', site: 'west', ratioMin: 0.9999 }),
    noCollateral({ after: 'slow-all', spares: [{ of: 'orders', site: 'west' }, { workload: 'orders' }] }),
    noLostOrders(),
    noDuplicatedOrders(),
  ],
  story: ({ story, inject, heal, when, all, fact, ends }) =>
    story({
      initial: 'closed',
      states: {
        closed: { when: when('sli.steady', { service: 'orders' }, 'failing'), after: { 30000: 'never-steady' } },
        failing: {
          entry: inject('slow-all'),
          when: when('breaker.state', { ...inEast, is: 'open', since: 'slow-all' }, 'round'),
          after: { 30000: 'never-open' },
        },
        // The breaker goes its round as often as it takes, while the pods are repaired after its first trial.
        round: {
          regions: {
            breaker: {
              initial: 'open',
              states: {
                // A trial that goes well is over before anybody can see the breaker half open.
                open: {
                  when: [
                    when('breaker.state', { ...inEast, is: 'half-open' }, 'trying'),
                    when('breaker.state', { ...inEast, is: null }, 'trusted'),
                  ],
                },
                trying: {
                  when: [
                    when('breaker.state', { ...inEast, is: 'open' }, 'open'),
                    when('breaker.state', { ...inEast, is: null }, 'trusted'),
                  ],
                },
                trusted: ends('region'),
              },
            },
            pods: {
              initial: 'waiting',
              states: {
                waiting: { when: when('breaker.state', { ...inEast, is: 'half-open' }, 'tried') },
                tried: { when: when('breaker.state', { ...inEast, is: 'open' }, 'repairing') },
                repairing: {
                  entry: heal('slow-all'),
                  when: all(
                    [fact('breaker.state', { ...inEast, is: null }), fact('sli.steady', { service: 'orders' })],
                    'serving',
                  ),
                },
                serving: ends('region'),
              },
            },
          },
          done: 'closed-again',
          after: { 90000: 'still-open' },
        },
        'closed-again': ends('expected'),
        'never-steady': ends('inconclusive', 'orders were not steady before anything was slowed'),
        'never-open': ends('failed', 'the breaker did not open within 30 s'),
        'still-open': ends('failed', 'the breaker did not try, fail and close within 90 s'),
      },
    }),
  twins: {
    'no-breaker': {
      says: 'callers have no breaker and go on calling, and trying again, what cannot answer',
      set: ['*/Service/orders:metadata.annotations["elevenproof.dev/breaker"]=null'],
      flips: ['story', 'amplification of orders in east after slow-all'],
      keeps: ['no collateral', 'no lost orders', 'no duplicated orders'],
    },
    'blind-breaker': {
      says: 'the breaker judges only windows of a million calls, so it never sees enough of them',
      set: [breaker('errors=0.5,volume=1000000,window-ms=10000,sleep-ms=5000')],
      flips: ['story', 'the breaker opens', 'amplification of orders in east after slow-all'],
      keeps: ['no collateral', 'no lost orders', 'no duplicated orders'],
    },
    'sleepy-breaker': {
      says: 'the breaker sleeps for 20 s before each trial, so customers wait for it long after the service has returned',
      set: [breaker('errors=0.5,volume=20,window-ms=10000,sleep-ms=20000')],
      flips: ['recovery of orders'],
      keeps: ['story', 'the breaker opens', 'amplification of orders in east after slow-all', 'no lost orders'],
    },
  },
});
