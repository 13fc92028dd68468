/** Kills the etcd leader at the peak, which its kubelet brings back, and then stops the next one for good until it is let go: the classic minority failure, with and without a quick return. */
import {
  availability,
  defineScenario,
  doubleEleven,
  holdProcess,
  killProcess,
  noLostOrders,
  recovery,
  takeover,
} from '../src/index.ts';

export default defineScenario({
  name: 'etcd-leader-loss',
  title: 'The etcd leader of site east dies at the midnight peak',
  proves: 'An odd-sized etcd survives the loss of one member without losing a write',
  topology: 'dual-site',
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:04'] }),
  limitMs: 300_000,
  faults: {
    'kill-leader': killProcess({ component: 'etcd', site: 'east', member: 'leader' }),
    'stop-leader': holdProcess({ component: 'etcd', site: 'east', member: 'leader' }),
  },
  objectives: [
    takeover({ of: 'etcd', after: 'kill-leader', msMax: 5_000 }),
    recovery({ of: 'api.write', after: 'kill-leader', msMax: 15_000 }),
    takeover({ of: 'etcd', after: 'stop-leader', msMax: 5_000, name: 'takeover from a stopped leader' }),
    recovery({ of: 'api.write', after: 'stop-leader', msMax: 15_000, name: 'recovery on two members' }),
    availability({ of: 'orders', ratioMin: 0.999 }),
    noLostOrders(),
  ],
  story: ({ story, inject, heal, when, all, fact, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'killing') },
        killing: {
          entry: inject('kill-leader'),
          when: when('etcd.leader', { site: 'east', since: 'kill-leader' }, 'returning'),
          after: { 30000: 'leaderless' },
        },
        returning: {
          when: all(
            [
              fact('control.whole', { site: 'east', since: 'kill-leader' }),
              fact('sli.steady', { service: 'api.write', since: 'kill-leader' }),
            ],
            'stopping',
          ),
          after: { 120000: 'stuck' },
        },
        // A process that comes back in two seconds hides how few members there are; one that stays away does not.
        stopping: {
          entry: inject('stop-leader'),
          when: when('etcd.leader', { site: 'east', since: 'stop-leader' }, 'degraded'),
          after: { 30000: 'leaderless' },
        },
        degraded: {
          when: when('sli.steady', { service: 'api.write', since: 'stop-leader' }, 'rejoining'),
          after: { 60000: 'unsteady' },
        },
        rejoining: {
          entry: heal('stop-leader'),
          when: when('control.whole', { site: 'east', since: 'stop-leader' }, 'whole'),
          after: { 120000: 'stuck' },
        },
        whole: ends('expected'),
        leaderless: ends('failed', 'no new leader within 30 s'),
        unsteady: ends('failed', 'two members did not take writes steadily'),
        stuck: ends('failed', 'the member did not return within 120 s'),
      },
    }),
  twins: {
    'single-member': {
      says: 'site east has a single etcd member',
      set: ['east/kind:nodes=[{"role":"control-plane"},{"role":"worker"},{"role":"worker"},{"role":"worker"}]'],
      flips: ['takeover from a stopped leader', 'recovery on two members'],
      keeps: ['availability of orders', 'no lost orders'],
    },
  },
});
