/** Stops a majority of etcd members for long: reads go on from the API servers' caches until their own liveness probes end them, and crash back-off delays the return after the cause is gone. */
import {
  availability,
  defineScenario,
  detection,
  doubleEleven,
  holdProcess,
  noLostOrders,
  recovery,
  servesThrough,
} from '../src/index.ts';

export default defineScenario({
  name: 'etcd-quorum-loss',
  title: 'A majority of the etcd members of site east stops at the midnight peak',
  proves:
    'Without a quorum nothing can be written, customers are served all the same, and the control plane returns by itself once the quorum does',
  topology: 'dual-site',
  // Envoy goes on sending to API servers when all of them fail their checks (panic mode); HAProxy would refuse, and the caches behind it would help nobody.
  set: ['topology:apiLoadBalancer=envoy'],
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:06'] }),
  limitMs: 420_000,
  faults: { 'lose-quorum': holdProcess({ component: 'etcd', site: 'east', member: 'majority' }) },
  objectives: [
    detection({ fact: 'api.writable', where: { site: 'east' }, is: false, after: 'lose-quorum', msMax: 2_000 }),
    servesThrough({ of: 'api.read', site: 'east', state: 'cached' }),
    servesThrough({ of: 'orders', state: ['cached', 'doomed', 'blind', 'returning'] }),
    recovery({ of: 'api.write', after: 'lose-quorum', msMax: 260_000 }),
    availability({ of: 'orders', ratioMin: 0.999 }),
    noLostOrders(),
  ],
  story: ({ story, inject, heal, when, all, fact, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'losing') },
        losing: {
          entry: inject('lose-quorum'),
          when: all(
            [
              fact('etcd.quorum', { site: 'east', not: true, since: 'lose-quorum' }),
              fact('api.writable', { site: 'east', not: true, since: 'lose-quorum' }),
            ],
            'cached',
          ),
          after: { 30000: 'unhurt' },
        },
        cached: {
          waits:
            'a minute of reads from caches: less than the eight failed probes, ten seconds apart, that API servers are given',
          after: { 60000: 'doomed' },
        },
        doomed: {
          when: when('sli.healthy', { service: 'api.read', not: true, since: 'lose-quorum' }, 'blind'),
          after: { 60000: 'unhurt' },
        },
        blind: {
          waits: 'a minute and a half in which the API servers crash again and again, so that their back-off grows',
          after: { 90000: 'returning' },
        },
        returning: {
          entry: heal('lose-quorum'),
          initial: 'electing',
          states: {
            electing: { when: when('etcd.whole', { site: 'east', since: 'lose-quorum' }, 'starting') },
            // Elected in seconds; the API servers come when their back-off is over.
            starting: { when: when('control.whole', { site: 'east', since: 'lose-quorum' }, 'led') },
            led: ends('region'),
          },
          done: 'whole',
          after: { 180000: 'stuck' },
        },
        whole: ends('expected'),
        unhurt: ends('inconclusive', 'the loss of the quorum did not show as it should'),
        stuck: ends('failed', 'the control plane did not return within 180 s of the quorum'),
      },
    }),
  twins: {
    haproxy: {
      says: 'the load balancer before the API servers refuses when all of them fail their checks',
      set: ['topology:apiLoadBalancer=haproxy'],
      flips: ['api.read in east serves through cached'],
      keeps: ['recovery of api.write', 'availability of orders', 'no lost orders'],
    },
  },
});
