/** Kills the controller-manager that leads while an operator drains a node: what is evicted in the gap is not replaced until a standby has waited for the lease to lapse. */
import {
  availability,
  defineScenario,
  doubleEleven,
  drainNode,
  killProcess,
  neverBelow,
  noCollateral,
  notReplaced,
  reaches,
  recovery,
  replaced,
  takeover,
} from '../src/index.ts';

export default defineScenario({
  name: 'controller-manager-leader-loss',
  title: 'The leading controller-manager of site east dies during the drain of a node',
  proves:
    'Nothing is replaced until a standby takes the lease over, the evicted stay in rotation as long, and then it is all made good',
  topology: 'dual-site',
  // Two pods of orders on every worker, and the database on a worker that is not drained: a StatefulSet's only pod would be missed for as long as nobody leads.
  set: [
    'east/HorizontalPodAutoscaler/orders:spec.minReplicas=6',
    'east/Deployment/orders:spec.replicas=6',
    'east/StatefulSet/postgres:spec.template.spec.nodeSelector={"kubernetes.io/hostname": east-worker}',
  ],
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:04'] }),
  limitMs: 300_000,
  faults: {
    'kill-leader': killProcess({ component: 'kube-controller-manager', site: 'east', member: 'leader' }),
    'drain-node': drainNode({ site: 'east', member: { name: 'east-worker2' } }),
  },
  objectives: [
    // A standby sees the last renewal up to 4.4 s late, waits 15 s by its own clock, polls every 2 to 4.4 s, and syncs its informers for 1 to 3 s.
    takeover({ of: 'controller-manager', after: 'kill-leader', msMax: 26_000 }),
    notReplaced({ workload: 'orders', site: 'east', after: 'kill-leader' }),
    // The budget lets one pod go; without a controller nobody allows the next.
    neverBelow({ workload: 'orders', site: 'east', replicasMin: 5, after: 'kill-leader' }),
    replaced({ workload: 'orders', site: 'east', after: 'drain-node', msMax: 45_000 }),
    reaches({
      fact: 'node.drained',
      where: { site: 'east', node: 'east-worker2' },
      after: 'drain-node',
      msMax: 100_000,
    }),
    // Who was evicted stays in rotation until a controller can say otherwise: one gateway in three answers nobody until then.
    recovery({ of: 'orders', after: 'kill-leader', msMax: 30_000 }),
    noCollateral({
      after: 'kill-leader',
      spares: [{ of: 'orders', site: 'west' }, { of: 'api.write' }, { workload: 'postgres' }],
    }),
    availability({ of: 'orders', ratioMin: 0.94 }),
  ],
  story: ({ story, inject, perform, heal, when, all, fact, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'killing') },
        killing: {
          entry: inject('kill-leader'),
          when: when('controller.leader', { site: 'east', not: true, since: 'kill-leader' }, 'vacant'),
          after: { 30000: 'unnoticed' },
        },
        vacant: {
          entry: perform('drain-node'),
          // Two things go on side by side: the lease is fought for, and the drained pods are missed.
          regions: {
            lease: {
              initial: 'free',
              states: {
                free: { when: when('controller.leader', { site: 'east', since: 'kill-leader' }, 'taken') },
                // From here on the fault's own damage is over; all must be whole in the end.
                taken: { entry: heal('kill-leader'), ...ends('region') },
              },
            },
            pods: {
              initial: 'evicting',
              states: {
                evicting: {
                  when: when('workload.degraded', { site: 'east', workload: 'orders', since: 'drain-node' }, 'missing'),
                },
                missing: {
                  when: all(
                    [
                      fact('node.drained', { site: 'east', node: 'east-worker2', since: 'drain-node' }),
                      fact('workload.whole', { site: 'east', workload: 'orders', since: 'drain-node' }),
                      fact('workload.whole', { site: 'east', workload: 'gateway' }),
                    ],
                    'made-good',
                  ),
                },
                'made-good': ends('region'),
              },
            },
          },
          done: 'returning',
          after: { 180000: 'stuck' },
        },
        returning: {
          entry: heal('drain-node'),
          when: all(
            [
              fact('control.whole', { site: 'east', since: 'kill-leader' }),
              fact('nodes.whole', { site: 'east', since: 'drain-node' }),
            ],
            'whole',
          ),
          after: { 60000: 'stuck' },
        },
        whole: ends('expected'),
        unnoticed: ends('failed', 'the lease of the dead leader was still acted upon after 30 s'),
        stuck: ends('failed', 'no controller made good what was missed in time'),
      },
    }),
  twins: {
    'no-budget': {
      says: 'nothing holds evictions of order pods back',
      set: ['east/PodDisruptionBudget/orders=null'],
      flips: ['orders never below 5 in east after kill-leader'],
      keeps: ['takeover of controller-manager', 'no collateral'],
    },
  },
});
