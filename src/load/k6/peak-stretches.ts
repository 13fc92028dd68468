/** Stretches wide enough to tell a peak by. Apart because real requests come in ones: in 100 ms a channel of 15 a second asks one or two, and two would be a peak of 20. */
import type { Traffic } from '../../domain/event.ts';
import type { LoadPlan } from '../../domain/load.ts';
import type { PeakWatch } from '../watch-peak.ts';
import { stretchMs } from './stretch-book.ts';

/** Requests at the peak rate that a stretch must hold: one more or less is 5 %, which is what a peak may be short of. */
const requestsMin = 20;
/** No narrower: a busy machine asks late and then all at once. No wider: a peak would be told too late. */
const bounds = { leastMs: 300, mostMs: 5_000 } as const;

/** Width for a peak of this rate, a multiple of 100 ms. */
export function peakWidthMs(rateRpsPeak: number): number {
  const wanted = rateRpsPeak > 0 ? (requestsMin * 1_000) / rateRpsPeak : bounds.mostMs;
  return Math.ceil(Math.min(bounds.mostMs, Math.max(bounds.leastMs, wanted)) / stretchMs) * stretchMs;
}

/** Takes traffic in order of time and hands it on to the watch in wider stretches, the channels of the plan each by itself. */
export function createPeakStretches(plan: LoadPlan, watch: PeakWatch): { take(traffic: Traffic): void } {
  const sums = new Map(
    plan.channels.map(({ name, rateRpsPeak }) => [name, { widthMs: peakWidthMs(rateRpsPeak), fromMs: -1, asked: 0 }]),
  );
  return {
    take: ({ channel, fromMs, asked }) => {
      const sum = sums.get(channel);
      if (sum === undefined) return;
      const start = Math.floor(fromMs / sum.widthMs) * sum.widthMs;
      if (start !== sum.fromMs) {
        if (sum.fromMs >= 0)
          watch.take({ channel, fromMs: sum.fromMs, toMs: sum.fromMs + sum.widthMs, asked: sum.asked });
        sum.fromMs = start;
        sum.asked = 0;
      }
      sum.asked += asked;
    },
  };
}
