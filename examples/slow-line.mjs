// What does a bad line between the datacentres do to the copies of the orders, and to customers?
// Run it: npx elevenproof run examples/slow-line.mjs --seed 1
import {
  availability,
  channels,
  constant,
  converged,
  csvProfile,
  defineScenario,
  noLostOrders,
  slowLink,
  syncLag,
} from 'elevenproof';

// Seconds, and requests per second: an ordinary lunch hour in two minutes.
const lunch = `second,shoppers
0,100
30,100
60,300
90,300
120,100`;

export default defineScenario({
  name: 'slow-line',
  title: 'The line between the datacentres loses every twentieth packet at lunch',
  proves: 'A bad line delays the copies of orders and nothing that customers see',
  topology: 'dual-site',
  // The line of a small shop.
  set: ['link.bandwidthMbps=20'],
  load: channels({ shoppers: csvProfile(lunch), partner: constant({ rateRps: 20 }) }),
  limitMs: 240_000,
  faults: { 'bad-line': slowLink({ from: 'east', to: 'west', delayMs: 80, lossRatio: 0.05 }) },
  objectives: [
    availability({ of: 'orders', ratioMin: 0.999 }),
    syncLag({ of: 'orders', msMax: 60_000 }),
    converged({ after: 'bad-line', msMax: 60_000 }),
    noLostOrders(),
  ],
  story: ({ steps, inject, heal, fact }) =>
    steps([
      { name: 'lunch', until: fact('load.peaked') },
      {
        name: 'losing',
        do: inject('bad-line'),
        until: fact('replication.lag-s', { replication: 'orders', min: 5 }),
        withinMs: 60_000,
      },
      {
        name: 'mending',
        do: heal('bad-line'),
        until: fact('replication.caught-up', { replication: 'orders', since: 'bad-line' }),
        withinMs: 60_000,
      },
    ]),
  twins: {
    'synchronous-copies': {
      says: 'a commit waits until the other datacentre has it',
      set: ['replication.orders.synchronous=true'],
      flips: ['availability of orders'],
      keeps: ['no lost orders'],
    },
  },
});
