/** The story's own phase: plays the load's profile, drives the statechart, writes its path down, and ends it at an ending, at its limit, or when it can never move again. */
import type { Clock, Ms } from '../base/clock.ts';
import type { Scenario } from '../domain/scenario.ts';
import { createStoryDriver, type StoryDriver } from '../domain/story-driver.ts';
import { indexStory } from '../domain/story-index.ts';
import type { Entered } from '../domain/story-machine.ts';
import type { Bus } from './bus.ts';
import type { Injector } from './injector.ts';
import type { Waits } from './waits.ts';

/** Without faults a story that waits for one of them is given up after this long. Long enough to see that nothing else moves it. */
const stuckMs: Ms = 60_000;

/** A story that is ready to be played. */
export interface StoryPhase {
  /** Settles at the end of the story. Rejects when the signal aborts, or when the story goes in circles. */
  play(signal: AbortSignal): Promise<void>;
  landed(fault: string, fromMs: Ms): void;
}

/** The story of one run. `injector` is asked for late, because it tells the story of its landings. */
export function createStoryPhase(options: {
  readonly scenario: Scenario;
  readonly bus: Bus;
  readonly waits: Waits;
  readonly clock: Clock;
  readonly injector: () => Injector;
}): StoryPhase {
  const { scenario, bus, waits, clock, injector } = options;
  let ended = false;
  let broken: Error | undefined;
  let movedMs = 0;
  const moved = () => {
    movedMs = clock.now();
    if (injector().skipped().size > 0) clock.at(movedMs + stuckMs, waits.changed);
  };
  const end = (error?: Error) => {
    ended = true;
    broken = error;
    waits.changed();
  };
  /** What breaks here breaks the story, whose end heals; thrown on, it would end in the platform's own loop. */
  const careful = (act: () => void) => {
    try {
      act();
    } catch (error) {
      driver.stop();
      end(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const driver: StoryDriver = createStoryDriver({
    story: scenario.story,
    facts: bus.facts,
    clock,
    effects: {
      took: (taken) => void bus.tell({ type: 'transition', ...taken }),
      entered: (state) => {
        tellState(bus, state);
        moved();
      },
      inject: (fault) => {
        careful(() => injector().inject(fault));
        moved();
      },
      heal: (fault) => careful(() => injector().heal(fault)),
      ended: (error) => end(error),
    },
  });
  bus.onFact((fact) => driver.observed(fact));
  const isStuck = () => clock.now() - movedMs >= stuckMs && !canMove(scenario, driver, injector().skipped());
  const play = async (signal: AbortSignal) => {
    driver.start();
    const inTime = await waits
      .until(() => ended || isStuck(), { limitMs: scenario.limitMs, signal })
      .finally(() => driver.stop());
    if (broken !== undefined) throw broken;
    if (!ended) giveUp(bus, scenario, driver.active(), inTime);
  };
  return { play, landed: (fault, fromMs) => driver.landed(fault, fromMs) };
}

function tellState(bus: Bus, { state, region, ends }: Entered): void {
  const ending = ends === undefined || ends.how === 'region' ? {} : { ending: ends.how, because: ends.because };
  bus.tell({ type: 'state', state, ...(region === undefined ? {} : { region }), ...ending });
}

/** A story without an ending is inconclusive; it says where it stood. */
function giveUp(bus: Bus, scenario: Scenario, active: readonly string[], stuck: boolean): void {
  const where = `it stood in ${active.join(', ')}`;
  const because = stuck
    ? `waits for a fault that is not injected; ${where}`
    : `no ending within its limit of ${scenario.limitMs / 1000} s; ${where}`;
  bus.tell({ type: 'state', state: stuck ? 'stuck' : 'limit', ending: 'inconclusive', because });
}

/** Whether any time-out is pending, or any way that is open to the active states does without the skipped faults. */
function canMove(scenario: Scenario, driver: StoryDriver, skipped: ReadonlySet<string>): boolean {
  if (skipped.size === 0 || driver.timers() > 0) return true;
  const index = indexStory(scenario.story);
  const ways = driver.active().flatMap((name) => index.get(name)?.state.when ?? []);
  return ways.some((way) => !way.conditions.some(({ since }) => since !== undefined && skipped.has(since)));
}
