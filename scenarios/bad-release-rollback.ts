/** Releases two bad revisions under load, one that never gets ready and one that crashes: the roll-out stops at the surge, the old pods go on, an operator rolls back, and a good revision gets through. */
import {
  availability,
  defineScenario,
  doubleEleven,
  latency,
  neverBelow,
  noLostOrders,
  reaches,
  releaseWorkload,
  rollbackWorkload,
  rolledOut,
  servesThrough,
} from '../src/index.ts';

export default defineScenario({
  name: 'bad-release-rollback',
  title: 'Bad revisions of the order service are released at the peak and rolled back',
  proves: 'A revision that does not work stops before it costs a single old replica, and the way back is as harmless',
  topology: 'dual-site',
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59:30', '00:05'] }),
  limitMs: 360_000,
  faults: {
    'release-deaf': releaseWorkload({ site: 'east', workload: 'orders', quality: 'never-ready' }),
    'release-crashing': releaseWorkload({ site: 'east', workload: 'orders', quality: 'crash' }),
    'roll-back': rollbackWorkload({ site: 'east', workload: 'orders' }),
    'release-good': releaseWorkload({ site: 'east', workload: 'orders' }),
  },
  objectives: [
    servesThrough({ state: ['deaf', 'crashing', 'rolling-back', 'improving'], of: 'orders' }),
    availability({ of: 'orders', ratioMin: 0.9999 }),
    latency({ of: 'orders', p99MsMax: 250 }),
    neverBelow({ workload: 'orders', site: 'east', replicasMin: 4 }),
    // The operator's half minute, then a rollback that has nothing to start: the old pods never went.
    reaches({
      fact: 'workload.whole',
      where: { site: 'east', workload: 'orders' },
      after: 'release-crashing',
      anew: true,
      msMax: 35_000,
      name: 'orders whole again after the crashing release',
    }),
    rolledOut({ workload: 'orders', after: 'release-good', msMax: 40_000 }),
    noLostOrders(),
  ],
  story: ({ story, inject, perform, when, all, fact, passes, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'deaf') },
        deaf: {
          waits: 'a release that hangs looks like one that is slow: the operator gives it half a minute',
          entry: inject('release-deaf'),
          when: when('workload.rolled-out', { site: 'east', workload: 'orders', since: 'release-deaf' }, 'everywhere'),
          after: { 30000: 'rolling-back' },
        },
        crashing: {
          waits: 'the same for a release that comes up and falls over',
          entry: inject('release-crashing'),
          when: when(
            'workload.rolled-out',
            { site: 'east', workload: 'orders', since: 'release-crashing' },
            'everywhere',
          ),
          after: { 30000: 'rolling-back' },
        },
        // Twice through here; what comes next depends on what was tried before.
        'rolling-back': {
          entry: perform('roll-back'),
          when: [
            all(
              [
                passes('release-crashing', { max: 0 }),
                fact('workload.whole', { site: 'east', workload: 'orders', since: 'roll-back' }),
              ],
              'crashing',
            ),
            all(
              [
                passes('release-crashing', { min: 1 }),
                fact('workload.whole', { site: 'east', workload: 'orders', since: 'roll-back' }),
              ],
              'improving',
            ),
          ],
          after: { 60000: 'caught' },
        },
        improving: {
          entry: perform('release-good'),
          when: all(
            [
              fact('workload.rolled-out', { site: 'east', workload: 'orders', since: 'release-good' }),
              fact('workload.whole', { site: 'east', workload: 'orders' }),
              fact('sli.steady', { service: 'orders' }),
            ],
            'new',
          ),
          after: { 120000: 'stuck' },
        },
        new: ends('expected'),
        everywhere: ends('failed', 'a bad revision was rolled out completely'),
        caught: ends('failed', 'the workload was not whole 60 s after the rollback'),
        stuck: ends('failed', 'the good revision was not complete within 120 s'),
      },
    }),
  twins: {
    'no-probes': {
      says: 'nothing asks an order pod whether it works, so a bad revision counts as good',
      set: [
        'east/Deployment/orders:spec.template.spec.containers[0].readinessProbe=null',
        'east/Deployment/orders:spec.template.spec.containers[0].startupProbe=null',
      ],
      flips: [
        'story',
        'availability of orders',
        'orders serves through deaf and crashing and rolling-back and improving',
      ],
      keeps: ['no lost orders'],
    },
  },
});
