/** The whole 11 November as a run: the day's curve, no damage. */
import type { Scenario } from '../src/domain/scenario.ts';
import { availability, defineScenario, doubleEleven } from '../src/index.ts';
import { dualSite } from './topologies.ts';

const dayMs = 24 * 3_600_000;

/** The day with a cliff to `peakRps` at 00:00. A scenario may last 15 minutes: the limit and the one wait are set to the day after the definition. */
export function longDay(peakRps: number): Scenario {
  const short = defineScenario({
    name: 'long-day',
    title: 'The whole 11 November',
    proves: 'How much platform time the simulator plays in a second when little happens',
    topology: dualSite,
    load: doubleEleven({ rateRpsBase: peakRps / 144, rateRpsPeak: peakRps, window: ['23:59', '23:58'] }),
    limitMs: 900_000,
    faults: {},
    objectives: [availability({ of: 'orders', ratioMin: 0.99 })],
    story: ({ story, ends }) =>
      story({
        initial: 'day',
        states: { day: { waits: 'the day takes its time', after: { 800000: 'over' } }, over: ends('expected') },
      }),
  });
  const day = { ...short.story.states.day!, after: { [dayMs - 120_000]: 'over' } };
  return { ...short, limitMs: dayMs, story: { ...short.story, states: { ...short.story.states, day } } };
}
