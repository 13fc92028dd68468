/** The load driver that asks nothing: customers are somebody else's. Apart because stories wait for the load's facts, which are told by the plan alone then. */
import type { Cancel, Clock } from '../base/clock.ts';
import type { Publish } from '../domain/event.ts';
import type { FactName } from '../domain/fact.ts';
import type { LoadPlan } from '../domain/load.ts';
import type { LoadDriver } from './load-driver.ts';

/** Shares of the peak at which the load counts as peaked, and as fallen after it. As told by drivers that ask. */
const peakedRatio = 0.95;
const fellRatio = 0.5;

/** A driver that asks nothing and tells no traffic. `load.peaked` and `load.fell` come when the plan says so. */
export function createNoLoad(clock: Clock): LoadDriver {
  let plan: LoadPlan | undefined;
  let tell: (fact: FactName, value: boolean) => void = () => {};
  const cancels: Cancel[] = [];
  return {
    name: 'none',
    warmUp: async (planned: LoadPlan, publish: Publish) => {
      plan = planned;
      tell = (fact, value) => publish({ type: 'fact', fact, subject: {}, value }, clock.now());
      tell('load.started', false);
    },
    play: () => {
      tell('load.started', true);
      const { peakedMs, fellMs } = momentsOf(plan!);
      cancels.push(clock.at(clock.now() + peakedMs, () => tell('load.peaked', true)));
      if (fellMs !== undefined) cancels.push(clock.at(clock.now() + fellMs, () => tell('load.fell', true)));
    },
    stop: async () => {
      for (const cancel of cancels) cancel();
      return { reached: false, text: 'no load was asked' };
    },
  };
}

/** When the channel with the highest peak is planned to get to 95 % of it, and back under half of it; ms since the profile's start. */
export function momentsOf(plan: LoadPlan): { readonly peakedMs: number; readonly fellMs?: number } {
  const highest = plan.channels.reduce((a, b) => (b.rateRpsPeak > a.rateRpsPeak ? b : a));
  const peakedMs = crossing(highest.points, 0, (rate) => rate >= peakedRatio * highest.rateRpsPeak) ?? 0;
  const fellMs = crossing(highest.points, peakedMs, (rate) => rate < fellRatio * highest.rateRpsPeak);
  return { peakedMs, ...(fellMs !== undefined && { fellMs }) };
}

/** The first whole 100 ms from `fromMs` on at which the rate passes the test. */
function crossing(
  points: LoadPlan['channels'][number]['points'],
  fromMs: number,
  test: (rateRps: number) => boolean,
): number | undefined {
  for (let i = 0; i < points.length; i++) {
    const [endMs, end] = points[i]!;
    const [startMs, start] = points[i - 1] ?? points[i]!;
    if (endMs < fromMs) continue;
    for (let ms = Math.max(startMs, fromMs); ms < endMs; ms += 100)
      if (test(start + ((end - start) * (ms - startMs)) / (endMs - startMs))) return ms;
    if (test(end)) return endMs;
  }
  return undefined;
}
