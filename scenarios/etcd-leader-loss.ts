/** Kills the etcd leader at the peak: the classic minority failure, and the shortest story that shows proof, takeover and return. */
import {
  availability,
  defineScenario,
  doubleEleven,
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
  faults: { 'kill-leader': killProcess({ component: 'etcd', site: 'east', member: 'leader' }) },
  objectives: [
    takeover({ of: 'etcd', after: 'kill-leader', msMax: 5_000 }),
    recovery({ of: 'api.write', after: 'kill-leader', msMax: 15_000 }),
    availability({ of: 'orders', ratioMin: 0.999 }),
    noLostOrders(),
  ],
  story: ({ story, inject, when, ends }) =>
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
          when: when('etcd.whole', { site: 'east', since: 'kill-leader' }, 'whole'),
          after: { 120000: 'stuck' },
        },
        whole: ends('expected'),
        leaderless: ends('failed', 'no new leader within 30 s'),
        stuck: ends('failed', 'the member did not return within 120 s'),
      },
    }),
  twins: {
    'single-member': {
      says: 'site east has a single etcd member',
      set: ['east/kind:nodes=[{"role":"control-plane"},{"role":"worker"},{"role":"worker"},{"role":"worker"}]'],
      flips: ['recovery of api.write'],
      keeps: ['availability of orders', 'no lost orders'],
    },
  },
});
