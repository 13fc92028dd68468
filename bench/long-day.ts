/** The whole 11 November as a run: the day's curve, no damage. Apart from scenarios proper because it is longer than a scenario may be, so it drives preparation and run itself. */
import { prepare } from '../src/compose/prepare.ts';
import type { RunEvent } from '../src/domain/event.ts';
import type { Scenario } from '../src/domain/scenario.ts';
import { availability, defineScenario, doubleEleven } from '../src/index.ts';
import { judge } from '../src/judge/judge.ts';
import { run } from '../src/run/run.ts';
import { dualSite } from './topologies.ts';

const dayMs = 24 * 3_600_000;

/** What is measured of a day. */
export interface LongDay {
  readonly events: number;
  readonly platformMs: number;
  readonly standing: string;
  /** Orders asked in all. */
  readonly asked: number;
  /** Wall time in ms: reading and building; playing; judging. */
  readonly preparedMs: number;
  readonly playedMs: number;
  readonly judgedMs: number;
}

/** Plays the day. `sets`: changes to `dual-site`; `peakRps`: the cliff at 00:00; `msMax`: shorter days, for trials. */
export async function playLongDay(sets: readonly string[], peakRps: number, msMax = dayMs): Promise<LongDay> {
  const scenario = longDay(peakRps, msMax);
  const times = [performance.now()];
  const prepared = await prepare({ scenario, sets, seed: '1' });
  times.push(performance.now());
  const { topology, plan, platform, load } = prepared;
  const outcome = await run({
    ...{ scenario, topology, plan, platform, load, sets: [], seed: '1', scale: 1, noFaults: false, duds: [] },
    version: 'bench',
    signal: new AbortController().signal,
  });
  times.push(performance.now());
  const { standing, verdicts } = judge(outcome.events, scenario);
  times.push(performance.now());
  if (outcome.how !== 'complete') throw new Error(`The day did not end: ${outcome.because}`);
  if (standing !== 'met') throw new Error(`The day was not met: ${JSON.stringify(verdicts)}`);
  const [preparedMs, playedMs, judgedMs] = times.slice(1).map((time, i) => time - times[i]!);
  return {
    events: outcome.events.length,
    platformMs: outcome.events.at(-1)!.seenMs,
    standing,
    asked: askedOf(outcome.events),
    preparedMs: preparedMs!,
    playedMs: playedMs!,
    judgedMs: judgedMs!,
  };
}

function askedOf(events: readonly RunEvent[]): number {
  let sum = 0;
  for (const event of events) if (event.type === 'traffic' && event.service === 'orders') sum += event.asked;
  return sum;
}

/** A scenario may last 15 minutes: the limit and the one wait are set to the day afterwards. */
function longDay(peakRps: number, msMax: number): Scenario {
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
  const day = { ...short.story.states.day!, after: { [msMax - 120_000]: 'over' } };
  return { ...short, limitMs: msMax, story: { ...short.story, states: { ...short.story.states, day } } };
}
