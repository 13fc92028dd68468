/** A planned switchover before maintenance: west is scaled out first, customers are moved, east is drained and left idle, and everything goes back. Nothing is broken, so nothing may be noticed. */
import {
  availability,
  carriesAll,
  converged,
  defineScenario,
  doubleEleven,
  drainNode,
  latency,
  noLostOrders,
  scaleWorkload,
  servesThrough,
  shiftTraffic,
  unserved,
} from '../src/index.ts';

export default defineScenario({
  name: 'one-site-carries-all',
  title: 'All customers are moved to west before maintenance in east, and back',
  proves:
    'With capacity put there first, one datacentre carries everything and customers notice neither the way there nor the way back',
  topology: 'dual-site',
  load: doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['00:00', '00:07'] }),
  limitMs: 480_000,
  faults: {
    'prescale-orders': scaleWorkload({ site: 'west', workload: 'orders', replicas: 10 }),
    'prescale-gateway': scaleWorkload({ site: 'west', workload: 'gateway', replicas: 5 }),
    'shift-west': shiftTraffic({ weights: { east: 0, west: 100 } }),
    'drain-east': drainNode({ site: 'east', member: { name: 'east-worker' } }),
    'shift-back': shiftTraffic({ weights: { east: 50, west: 50 } }),
  },
  objectives: [
    carriesAll({ site: 'west', of: 'orders', ratioMin: 0.999 }),
    servesThrough({ state: ['moving', 'maintaining', 'idle', 'returning'], of: 'orders' }),
    availability({ of: 'orders', ratioMin: 0.999 }),
    latency({ of: 'orders', p99MsMax: 250 }),
    unserved({ of: 'orders', ratioMax: 0.01 }),
    noLostOrders(),
    converged({ msMax: 30_000 }),
  ],
  story: ({ story, perform, heal, when, all, fact, ends }) =>
    story({
      initial: 'busy',
      states: {
        busy: { when: when('load.started', 'scaling') },
        scaling: {
          entry: [perform('prescale-orders'), perform('prescale-gateway')],
          when: all(
            [
              fact('workload.ready', { site: 'west', workload: 'orders', min: 10 }),
              fact('workload.ready', { site: 'west', workload: 'gateway', min: 5 }),
            ],
            'moving',
          ),
          after: { 120000: 'no-capacity' },
        },
        moving: {
          entry: perform('shift-west'),
          when: all(
            [fact('site.in-rotation', { site: 'east', not: true }), fact('site.serving', { site: 'east', not: true })],
            'maintaining',
          ),
          after: { 120000: 'still-serving' },
        },
        maintaining: {
          entry: perform('drain-east'),
          when: when('node.drained', { site: 'east', node: 'east-worker', since: 'drain-east' }, 'idle'),
          after: { 120000: 'not-drained' },
        },
        idle: {
          waits: 'half a minute of maintenance, in which west must show that it carries everything',
          after: { 30000: 'readying' },
        },
        readying: {
          entry: heal('drain-east'),
          when: all(
            [
              fact('nodes.whole', { site: 'east' }),
              fact('database.writable', { site: 'east', workload: 'postgres' }),
              fact('replication.caught-up', { replication: 'orders' }),
              fact('workload.whole', { site: 'east', workload: 'orders' }),
            ],
            'returning',
          ),
          after: { 120000: 'not-ready' },
        },
        returning: {
          entry: perform('shift-back'),
          when: all(
            [fact('site.serving', { site: 'east', since: 'shift-back' }), fact('sli.healthy', { service: 'orders' })],
            'both',
          ),
          after: { 60000: 'still-west' },
        },
        both: ends('expected'),
        'no-capacity': ends('failed', 'west was not scaled out within 120 s'),
        'still-serving': ends('failed', 'customers were still served in east 120 s after the shift'),
        'not-drained': ends('failed', 'the node was not drained within 120 s'),
        'not-ready': ends('failed', 'east was not ready to take customers back within 120 s'),
        'still-west': ends('failed', 'east served nobody 60 s after the shift back'),
      },
    }),
  twins: {
    'no-spare-capacity': {
      says: 'west has a single small worker, so the pre-scale finds no room',
      set: [
        'west/kind:nodes=[{"role":"control-plane"},{"role":"control-plane"},{"role":"control-plane"},{"role":"worker","labels":{"elevenproof.dev/cpu":"4"}}]',
      ],
      flips: ['story'],
      keeps: ['no lost orders'],
    },
  },
});
