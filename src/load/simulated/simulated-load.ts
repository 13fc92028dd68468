/** The simulated load driver: hands the plan to the world's traffic model and tells what became of every request. */
import type { Publish, Traffic } from '../../domain/event.ts';
import type { FactName } from '../../domain/fact.ts';
import type { LoadPlan } from '../../domain/load.ts';
import type { World } from '../../sim/world.ts';
import type { LoadDriver } from '../load-driver.ts';

/** A site that served nobody for this long serves nobody, ms. */
const silentMs = 1_000;

/** A load driver over this world. `touch`: called before facts are told, so that simulated time waits for the runner. */
export function createSimulatedLoad(world: World, touch: () => void): LoadDriver {
  let peak: ReturnType<typeof watchPeak> | undefined;
  let stopped = false;
  const begin = (plan: LoadPlan, publish: Publish) => {
    const fact = (name: FactName, value: boolean) => {
      touch();
      publish({ type: 'fact', fact: name, subject: {}, value }, world.kernel.now());
    };
    peak = watchPeak(plan, fact);
    const serving = watchServing((site, value, atMs) => {
      touch();
      publish({ type: 'fact', fact: 'site.serving', subject: { site }, value }, atMs);
    });
    world.served.on((traffic) => {
      if (stopped) return;
      publish(traffic, traffic.toMs);
      peak?.take(traffic);
      serving.take(traffic);
    });
    fact('load.started', false);
    world.traffic.start(plan);
  };
  return {
    name: 'simulated',
    warmUp: async (plan, publish) => begin(plan, publish),
    play: () => {
      world.traffic.play();
      peak?.play();
    },
    stop: async () => {
      world.traffic.stop();
      stopped = true;
      return { reached: true };
    },
  };
}

/** Publishes `load.*` facts from what was really asked: sums the asked requests of all sites and channels per second. */
function watchPeak(plan: LoadPlan, fact: (name: FactName, value: boolean) => void) {
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
    take: (traffic: Traffic) => {
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

/** Publishes `site.serving`: customers were served there in the last second. Silence is told by the traffic of everybody else. */
function watchServing(tell: (site: string, serving: boolean, atMs: number) => void) {
  const servedMs = new Map<string, number>();
  return {
    take: ({ site, ok, fromMs, toMs }: Traffic) => {
      if (ok > 0 && site !== '-') {
        if (!servedMs.has(site)) tell(site, true, toMs);
        servedMs.set(site, toMs);
      }
      for (const [other, lastMs] of servedMs) {
        if (fromMs - lastMs < silentMs) continue;
        servedMs.delete(other);
        tell(other, false, toMs);
      }
    },
  };
}
