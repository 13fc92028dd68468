/** A partner's promotion multiplies its own traffic by 126 within a second. Nothing is broken: what is tried is whether one channel can take the platform away from the others. */
import {
  availability,
  channels,
  constant,
  defineScenario,
  latency,
  noCollateral,
  noLostOrders,
  telecom517,
  unserved,
} from '../src/index.ts';

export default defineScenario({
  name: 'noisy-partner',
  title: 'The partner channel jumps to 126 times its rate, and shoppers and app go on buying',
  proves: 'A limit per channel at the door keeps a single partner from taking the platform away from everybody else',
  topology: 'dual-site',
  // Per site: five times what the partner sends there on ordinary days.
  set: ['*/Service/gateway:metadata.annotations["elevenproof.dev/rate-limit"]=partner=100'],
  load: channels({
    shoppers: constant({ rateRps: 500 }),
    app: constant({ rateRps: 300 }),
    partner: telecom517({ rateRpsBase: 40, window: ['09:59', '10:11'], compress: 3 }),
  }),
  limitMs: 240_000,
  faults: {},
  objectives: [
    // The limit saves up a second's worth and lets it in at once: the queues of that one moment may be felt, nothing later.
    noCollateral({ spares: [{ of: 'orders', channelsBut: ['partner'] }], unhealthyMsMax: 2_000 }),
    availability({ of: 'orders', channel: 'shoppers', ratioMin: 0.9999 }),
    availability({ of: 'orders', channel: 'app', ratioMin: 0.9999 }),
    latency({ of: 'orders', channel: 'shoppers', p99MsMax: 250 }),
    // What the partner was promised it gets, limit or not: whoever is refused for another reason was let in and let down.
    availability({
      of: 'orders',
      channel: 'partner',
      ratioMin: 0.9999,
      excluding: { reasons: ['limited'] },
      name: 'availability of what the partner may send',
    }),
    unserved({ of: 'orders', ratioMax: 0 }),
    noLostOrders(),
  ],
  story: ({ story, when, all, fact, ends }) =>
    story({
      initial: 'ordinary',
      states: {
        ordinary: { when: when('load.peaked', 'promotion') },
        promotion: {
          regions: {
            partner: {
              initial: 'let-in',
              states: {
                'let-in': {
                  when: when('channel.healthy', { service: 'orders', channel: 'partner', not: true }, 'limited'),
                },
                limited: { when: when('load.fell', 'ebbing') },
                ebbing: ends('region'),
              },
            },
            others: {
              initial: 'buying',
              states: {
                buying: {
                  when: all(
                    [
                      fact('load.fell'),
                      fact('channel.healthy', { service: 'orders', channel: 'shoppers' }),
                      fact('channel.healthy', { service: 'orders', channel: 'app' }),
                    ],
                    'unimpressed',
                  ),
                },
                unimpressed: ends('region'),
              },
            },
          },
          done: 'over',
          after: { 220000: 'drowned' },
        },
        over: ends('expected'),
        drowned: ends('failed', 'the promotion was not over, or shoppers and app could not buy at its end'),
      },
    }),
  twins: {
    'no-rate-limit': {
      says: 'nothing limits what a channel may send',
      set: ['*/Service/gateway:metadata.annotations["elevenproof.dev/rate-limit"]=null'],
      flips: [
        'no collateral',
        'availability of orders (shoppers)',
        'availability of orders (app)',
        'p99 of orders (shoppers)',
        'availability of what the partner may send',
        'unserved demand of orders',
      ],
      keeps: ['no lost orders'],
    },
  },
});
