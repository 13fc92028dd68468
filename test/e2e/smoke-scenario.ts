/** A short story over everything that real clusters add: a process, a pod, the link. Apart from the shipped scenarios because it is about the testbed, not about a platform. */
import {
  availability,
  constant,
  converged,
  cutLink,
  defineScenario,
  killPod,
  killProcess,
  noDuplicatedOrders,
  noLostOrders,
  recovery,
  replaced,
  takeover,
} from '../../src/index.ts';

/** What a desk that only shows that it works needs. The limits are wide: on two cores the clusters and their probing leave little to the desk, and speed is not asked here. */
const lean = [
  'topology:steadyState.orders.p99MsMax=3000',
  'topology:steadyState.orders.successRatioMin=0.9',
  'topology:steadyState["api.write"].successRatioMin=0.8',
  'topology:steadyState["api.read"].successRatioMin=0.8',
  '*/Deployment/gateway:spec.replicas=2',
  '*/HorizontalPodAutoscaler/gateway:spec.minReplicas=2',
  '*/PodDisruptionBudget/gateway:spec.minAvailable=1',
  '*/Deployment/orders:spec.replicas=2',
  '*/HorizontalPodAutoscaler/orders:spec.minReplicas=2',
];

/** Two clusters, ten orders a second, three faults, about two minutes of story. */
export const smokeScenario = defineScenario({
  name: 'smoke',
  title: 'A pod, an etcd leader and the link, one after the other',
  proves: 'Faults land, are seen, are undone, and every order is accounted for',
  topology: 'dual-site-small',
  set: lean,
  load: constant({ rateRps: 10 }),
  limitMs: 240_000,
  faults: {
    'kill-pod': killPod({ site: 'east', workload: 'orders' }),
    'kill-leader': killProcess({ component: 'etcd', site: 'east', member: 'leader' }),
    'cut-link': cutLink({ from: 'east', to: 'west' }),
  },
  objectives: [
    replaced({ workload: 'orders', after: 'kill-pod', msMax: 30_000 }),
    takeover({ of: 'etcd', after: 'kill-leader', msMax: 10_000 }),
    recovery({ of: 'api.write', after: 'kill-leader', msMax: 30_000 }),
    availability({ of: 'orders', ratioMin: 0.95 }),
    converged({ after: 'cut-link', msMax: 60_000 }),
    noLostOrders(),
    noDuplicatedOrders(),
  ],
  story: ({ story, inject, heal, when, all, fact, ends }) =>
    story({
      initial: 'calm',
      states: {
        calm: { waits: 'a base line to compare with', after: { 5000: 'killing-pod' } },
        'killing-pod': {
          entry: inject('kill-pod'),
          when: when('workload.degraded', { site: 'east', workload: 'orders', since: 'kill-pod' }, 'restarting'),
          after: { 20000: 'unharmed' },
        },
        restarting: {
          when: when('workload.degraded', { site: 'east', workload: 'orders', not: true }, 'killing-leader'),
          after: { 60000: 'gone' },
        },
        'killing-leader': {
          entry: inject('kill-leader'),
          when: when('etcd.leader', { site: 'east', since: 'kill-leader' }, 'led'),
          after: { 30000: 'leaderless' },
        },
        led: {
          when: all(
            [
              fact('control.whole', { site: 'east', since: 'kill-leader' }),
              fact('sli.steady', { service: 'api.write', since: 'kill-leader' }),
            ],
            'cutting',
          ),
          after: { 120000: 'stuck' },
        },
        cutting: {
          entry: inject('cut-link'),
          when: when('link.up', { not: true, since: 'cut-link' }, 'apart'),
          after: { 20000: 'joined' },
        },
        apart: { waits: 'orders that the other side has not got', after: { 8000: 'meeting' } },
        meeting: {
          entry: heal('cut-link'),
          when: all([fact('link.up', { since: 'cut-link' }), fact('data.converged', { since: 'cut-link' })], 'whole'),
          after: { 60000: 'diverged' },
        },
        whole: ends('expected'),
        unharmed: ends('inconclusive', 'no replica was missed after the kill'),
        gone: ends('failed', 'the pod was not ready again within 60 s'),
        leaderless: ends('failed', 'no new leader within 30 s'),
        stuck: ends('failed', 'the member did not return within 120 s'),
        joined: ends('inconclusive', 'the cut did not show within 20 s'),
        diverged: ends('failed', 'the sites did not agree within 60 s of meeting again'),
      },
    }),
});
