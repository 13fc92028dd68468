/** When the load peaks and falls, from what was really asked. Apart because every load driver tells it by the same rule. */
import type { Traffic } from '../domain/event.ts';
import type { FactName } from '../domain/fact.ts';
import type { LoadPlan } from '../domain/load.ts';

/** Watches the asked requests of the channel with the highest peak. */
export interface PeakWatch {
  /** The profile starts: `load.started`. */
  play(): void;
  /** Takes traffic, all sites of one stretch together. */
  take(traffic: Pick<Traffic, 'channel' | 'fromMs' | 'toMs' | 'asked'>): void;
}

/** Publishes `load.*` facts from what was really asked: sums the asked requests of all sites and channels per second. */
export function watchPeak(plan: LoadPlan, fact: (name: FactName, value: boolean) => void): PeakWatch {
  const peakRps = plan.channels.reduce((most, channel) => Math.max(most, channel.rateRpsPeak), 0);
  const busiest = plan.channels.find((channel) => channel.rateRpsPeak === peakRps)?.name;
  let playing = false;
  let peaked = false;
  let fell = false;
  let slotToMs = 0;
  let slotAsked = 0;
  let slotMs = 0;
  const close = () => {
    if (slotMs <= 0) return;
    const rps = (slotAsked * 1000) / slotMs;
    if (!peaked && rps >= 0.95 * peakRps) {
      peaked = true;
      fact('load.peaked', true);
    } else if (peaked && !fell && rps < 0.5 * peakRps) {
      fell = true;
      fact('load.fell', true);
    }
  };
  return {
    play: () => {
      playing = true;
      fact('load.started', true);
    },
    take: (traffic) => {
      if (!playing || traffic.channel !== busiest) return;
      if (traffic.toMs !== slotToMs) {
        close();
        slotToMs = traffic.toMs;
        slotMs = traffic.toMs - traffic.fromMs;
        slotAsked = 0;
      }
      slotAsked += traffic.asked;
    },
  };
}
