/** Takes the power of the control-plane node that leads etcd away: one machine takes a member, an API server and perhaps both leases with it, and comes back. */
import {
  availability,
  defineScenario,
  detection,
  doubleEleven,
  killNode,
  noCollateral,
  noLostOrders,
  recovery,
  takeover,
} from '../src/index.ts';

export default defineScenario({
  name: 'master-loss',
  title: 'A control-plane node of site east loses power at the midnight peak and comes back',
  proves:
    'Two of three control planes carry on, the lost one is noticed, and it joins again without anybody joining it',
  topology: 'dual-site',
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:04'] }),
  limitMs: 300_000,
  faults: { 'lose-master': killNode({ site: 'east', role: 'control-plane', member: 'leader' }) },
  objectives: [
    takeover({ of: 'etcd', after: 'lose-master', msMax: 5_000 }),
    // HAProxy waits up to 2 s for each of three checks.
    recovery({ of: 'api.write', after: 'lose-master', msMax: 15_000 }),
    // The grace period of 50 s, less the age of the last heartbeat, and a pass of the controller every 5 s; if the controller-manager died too, its takeover comes first.
    detection({ fact: 'node.ready', is: false, after: 'lose-master', msMax: 90_000 }),
    // Workers whose kubelets were connected to the lost API server notice after 45 s; a lease that was due just then goes over the grace period, and their pods are out of rotation for a moment.
    noCollateral({ after: 'lose-master', spares: [{ of: 'orders' }], unhealthyMsMax: 6_000 }),
    availability({ of: 'orders', ratioMin: 0.995 }),
    noLostOrders(),
  ],
  story: ({ story, inject, heal, when, all, fact, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'losing') },
        losing: {
          entry: inject('lose-master'),
          // Three things must happen, in whatever order.
          regions: {
            etcd: {
              initial: 'electing',
              states: {
                electing: { when: when('etcd.leader', { site: 'east', since: 'lose-master' }, 'elected') },
                elected: ends('region'),
              },
            },
            api: {
              initial: 'failing',
              states: {
                failing: { when: when('api.writable', { site: 'east', since: 'lose-master' }, 'writable') },
                writable: ends('region'),
              },
            },
            nodes: {
              initial: 'unaware',
              states: {
                unaware: { when: when('nodes.whole', { site: 'east', not: true, since: 'lose-master' }, 'aware') },
                aware: ends('region'),
              },
            },
          },
          done: 'returning',
          after: { 120000: 'headless' },
        },
        returning: {
          entry: heal('lose-master'),
          when: all(
            [
              fact('control.whole', { site: 'east', since: 'lose-master' }),
              fact('nodes.whole', { site: 'east', since: 'lose-master' }),
            ],
            'whole',
          ),
          after: { 120000: 'stuck' },
        },
        whole: ends('expected'),
        headless: ends('failed', 'the other control planes did not take over within 120 s'),
        stuck: ends('failed', 'the node did not join again within 120 s'),
      },
    }),
  twins: {
    'two-control-planes': {
      says: 'site east has two control planes, which tolerate no loss',
      set: [
        'east/kind:nodes=[{"role":"control-plane"},{"role":"control-plane"},{"role":"worker"},{"role":"worker"},{"role":"worker"}]',
      ],
      flips: ['takeover of etcd', 'recovery of api.write'],
      keeps: ['availability of orders', 'no lost orders'],
    },
  },
});
