/** A game day of 15 minutes over the midnight peak: a pod, the etcd leader, a worker and the link between the sites are lost and come back, one after the other. Every model is at work: autoscalers follow the cliff, streams and batches replicate, customers are balanced over both sites. */
import {
  availability,
  cutLink,
  defineScenario,
  doubleEleven,
  killNode,
  killPod,
  killProcess,
  latency,
  noLostOrders,
  recovery,
  syncLag,
  takeover,
} from '../src/index.ts';
import { dualSite, nodesPerSite } from './topologies.ts';

/** Its story is 780 s, its run about 15 minutes. */
export default defineScenario({
  name: 'game-day',
  title: 'A quarter of an hour with four failures over the midnight peak',
  proves: 'How much platform time the simulator plays in a second',
  topology: dualSite,
  // The database gets a node of its own choice, so that the loss of a worker is one of stateless pods alone.
  set: [
    nodesPerSite(10),
    'east/StatefulSet/postgres:spec.template.spec.nodeSelector={ kubernetes.io/hostname: east-worker }',
  ],
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 600, window: ['23:58', '00:13'] }),
  limitMs: 900_000,
  faults: {
    'kill-pod': killPod({ site: 'east', workload: 'orders' }),
    'kill-leader': killProcess({ component: 'etcd', site: 'west', member: 'leader' }),
    'lose-worker': killNode({ site: 'east', member: { name: 'east-worker4' } }),
    'cut-link': cutLink({ from: 'east', to: 'west' }),
  },
  objectives: [
    recovery({ of: 'orders', after: 'kill-pod', msMax: 10_000 }),
    takeover({ of: 'etcd', after: 'kill-leader', msMax: 5_000 }),
    recovery({ of: 'orders', after: 'lose-worker', msMax: 90_000, name: 'recovery from the lost worker' }),
    availability({ of: 'orders', ratioMin: 0.9 }),
    latency({ of: 'orders', p99MsMax: 1_000 }),
    syncLag({ of: 'orders', msMax: 120_000 }),
    noLostOrders(),
  ],
  story: ({ story, inject, heal, ends }) =>
    story({
      initial: 'evening',
      states: {
        evening: { waits: 'the peak comes after two minutes', after: { 180000: 'pod' } },
        pod: { entry: inject('kill-pod'), waits: 'its share of the day', after: { 120000: 'leader' } },
        leader: { entry: inject('kill-leader'), waits: 'its share of the day', after: { 120000: 'dark' } },
        dark: { entry: inject('lose-worker'), waits: 'its share of the day', after: { 120000: 'light' } },
        light: { entry: heal('lose-worker'), waits: 'its share of the day', after: { 60000: 'apart' } },
        apart: { entry: inject('cut-link'), waits: 'its share of the day', after: { 60000: 'together' } },
        together: { entry: heal('cut-link'), waits: 'its share of the day', after: { 120000: 'over' } },
        over: ends('expected'),
      },
    }),
});
