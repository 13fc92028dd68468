/** Takes the power of a whole datacentre away at the peak, lets the other carry everything, and brings the first one back: failover and failback in one story. */
import {
  alert,
  availability,
  carriesAll,
  converged,
  defineScenario,
  detection,
  doubleEleven,
  killSite,
  noDuplicatedOrders,
  noLostOrders,
  recovery,
} from '../src/index.ts';

export default defineScenario({
  name: 'site-loss',
  title: 'Datacentre east goes dark at the midnight peak and comes back',
  proves:
    'One datacentre can take over all customers within seconds, and the other can come back without losing or doubling an order',
  topology: 'dual-site',
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:59', '00:09'] }),
  limitMs: 600_000,
  faults: { 'lose-east': killSite({ site: 'east' }) },
  objectives: [
    detection({ fact: 'site.reachable', where: { site: 'east' }, is: false, after: 'lose-east', msMax: 10_000 }),
    alert({ of: 'orders', after: 'lose-east', msMax: 15_000 }),
    recovery({ of: 'orders', after: 'lose-east', msMax: 90_000 }),
    carriesAll({ site: 'west', of: 'orders', ratioMin: 0.95 }),
    availability({ of: 'orders', ratioMin: 0.9 }),
    noLostOrders(),
    noDuplicatedOrders(),
    converged({ after: 'lose-east', msMax: 240_000 }),
  ],
  story: ({ story, inject, heal, when, all, fact, ends }) =>
    story({
      initial: 'peak',
      states: {
        peak: { when: when('load.peaked', 'dark') },
        dark: {
          entry: inject('lose-east'),
          when: when('site.in-rotation', { site: 'east', not: true, since: 'lose-east' }, 'failed-over'),
          after: { 60000: 'unnoticed' },
        },
        'failed-over': {
          when: when('sli.steady', { service: 'orders', since: 'lose-east' }, 'failing-back'),
          after: { 180000: 'overwhelmed' },
        },
        'failing-back': {
          entry: heal('lose-east'),
          initial: 'powering',
          states: {
            powering: {
              when: when('database.writable', { site: 'east', workload: 'postgres', since: 'lose-east' }, 'rejoining'),
            },
            rejoining: { when: when('site.in-rotation', { site: 'east', since: 'lose-east' }, 'catching-up') },
            'catching-up': {
              when: all(
                [
                  fact('data.converged'),
                  fact('replication.caught-up', { replication: 'orders' }),
                  fact('site.serving', { site: 'east' }),
                ],
                'rejoined',
              ),
            },
            rejoined: ends('region'),
          },
          done: 'whole',
          after: { 300000: 'stuck' },
        },
        whole: ends('expected'),
        unnoticed: ends('failed', 'the global load balancer still sent customers to east after 60 s'),
        overwhelmed: ends('failed', 'west could not carry everything within 180 s'),
        stuck: ends('failed', 'east did not come back within 300 s'),
      },
    }),
  twins: {
    'slow-checks': {
      says: 'the global load balancer looks at a site every 15 s only',
      set: ['topology:globalLoadBalancer.check.intervalMs=15000'],
      flips: ['detection of lose-east by site.reachable'],
      keeps: ['no lost orders', 'no duplicated orders'],
    },
    'no-spare-capacity': {
      says: 'west cannot grow: its autoscaler is gone and it has two order pods',
      set: ['west/HorizontalPodAutoscaler/orders=null', 'west/Deployment/orders:spec.replicas=2'],
      flips: ['story', 'recovery of orders', 'west carries all orders', 'availability of orders'],
      keeps: ['no lost orders', 'no duplicated orders'],
    },
  },
});
