/** The simulated load driver: hands the plan to the world's traffic model and tells what became of every request. */
import type { Publish } from '../../domain/event.ts';
import type { FactName } from '../../domain/fact.ts';
import type { LoadPlan } from '../../domain/load.ts';
import type { World } from '../../sim/world.ts';
import type { LoadDriver } from '../load-driver.ts';
import { type PeakWatch, watchPeak } from '../watch-peak.ts';
import { watchServing } from '../watch-serving.ts';

/** A load driver over this world. `touch`: called before facts are told, so that simulated time waits for the runner. */
export function createSimulatedLoad(world: World, touch: () => void): LoadDriver {
  let peak: PeakWatch | undefined;
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
