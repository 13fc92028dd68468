/** Stalls the disk of the etcd leader: it is not dead, only slow, and must lose the leadership for that, and lose no write. */
import {
  availability,
  defineScenario,
  detection,
  doubleEleven,
  noCollateral,
  noLostOrders,
  recovery,
  stallDisk,
  takeover,
} from '../src/index.ts';

export default defineScenario({
  name: 'etcd-disk-stall',
  title: 'The disk under the etcd leader of site east stalls at the midnight peak, twice',
  proves:
    'An etcd leader whose disk stalls loses the leadership to a healthy member, and joins again when its disk works',
  topology: 'dual-site',
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:04'] }),
  limitMs: 300_000,
  faults: { 'stall-disk': stallDisk({ site: 'east', member: 'leader', fsyncMs: 8_000 }) },
  objectives: [
    takeover({ of: 'etcd', after: 'stall-disk', msMax: 5_000 }),
    detection({ fact: 'etcd.member', is: 'stalled', after: 'stall-disk', msMax: 1_000 }),
    recovery({ of: 'api.write', after: 'stall-disk', msMax: 15_000 }),
    noCollateral({ after: 'stall-disk', spares: [{ of: 'orders' }] }),
    availability({ of: 'orders', ratioMin: 0.999 }),
    noLostOrders(),
  ],
  story: ({ story, inject, heal, when, all, fact, passes, ends }) => {
    const repaired = fact('control.whole', { site: 'east', since: 'stall-disk' });
    return story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'stalling') },
        stalling: {
          entry: inject('stall-disk'),
          when: when('etcd.leader', { site: 'east', since: 'stall-disk' }, 'degraded'),
          after: { 30000: 'leaderless' },
        },
        // Two of three go on while the third can hardly write: writes must be steady before the disk is repaired.
        degraded: { when: when('sli.steady', { service: 'api.write' }, 'repairing'), after: { 60000: 'unsteady' } },
        repairing: {
          entry: heal('stall-disk'),
          // Once more, for the member that leads now: leadership must be lost as cleanly from there.
          when: [
            all([repaired, passes('stall-disk', { max: 1 })], 'stalling'),
            all([repaired, passes('stall-disk', { min: 2 })], 'whole'),
          ],
          after: { 120000: 'stuck' },
        },
        whole: ends('expected'),
        leaderless: ends('failed', 'no healthy member led within 30 s'),
        unsteady: ends('failed', 'writes were not steady on the healthy members'),
        stuck: ends('failed', 'the member did not catch up within 120 s of its repair'),
      },
    });
  },
  twins: {
    'two-members': {
      says: 'site east has two etcd members, which tolerate no loss',
      set: [
        'east/kind:nodes=[{"role":"control-plane"},{"role":"control-plane"},{"role":"worker"},{"role":"worker"},{"role":"worker"}]',
      ],
      flips: ['takeover of etcd', 'recovery of api.write'],
      keeps: ['availability of orders', 'no lost orders'],
    },
  },
});
