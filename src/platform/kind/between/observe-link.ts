/** The fact `link.up`: the sites reach each other both ways. Apart from the probe itself because here it is decided which node looks, and what two looks mean together. */
import type { Stop } from '../../../domain/event.ts';
import type { KindWorld } from '../world.ts';
import type { Look } from './link-probe.ts';
import { lookFrom } from './link-probe.ts';
import { everyWhile } from './pace.ts';
import type { BetweenPlan } from './plan.ts';
import { createGapWatch, type Teller } from './teller.ts';

/** Looks that fail in a row before a direction counts as cut: one may be a connection that the proxy itself ended. */
const failuresMin = 2;

/** A program in a node is given up after it said nothing for this long, ms; and before its first word, for a busy engine takes its time to start it. */
const silentMs = 3_000;
const beginMs = 15_000;

/** One direction's state from its looks. */
export interface Direction {
  take(look: Look): void;
  /** Undefined before the first look. */
  readonly up: { readonly value: boolean /** ms since 1970. */; readonly sinceMs: number } | undefined;
}

/** A direction that nobody has looked in. It is down from the moment after the last answer, for that is when the cut was made. */
export function createDirection(): Direction {
  let up: Direction['up'];
  let answeredMs: number | undefined;
  let failures = 0;
  return {
    get up() {
      return up;
    },
    take: ({ passes, atMs }) => {
      failures = passes ? 0 : failures + 1;
      if (passes) answeredMs = atMs;
      const value = passes ? true : failures >= failuresMin ? false : undefined;
      if (value === undefined || up?.value === value) return;
      up = { value, sinceMs: passes ? atMs : Math.min(atMs, (answeredMs ?? atMs) + 100) };
    },
  };
}

/** Observes from now on; nothing for a single site. */
export function observeLink(world: KindWorld, plan: BetweenPlan, teller: Teller): Stop {
  const { clock, ground } = world;
  if (plan.probes.length < 2) return () => undefined;
  const gap = createGapWatch(teller.publish, { observer: 'link probe', facts: ['link.up', 'data.split'] }, clock.now());
  const looked = new Map<string, number>();
  const directions = plan.probes.map((probe) => ({ probe, direction: createDirection() }));
  const tell = () => {
    const states = directions.map(({ direction }) => direction.up);
    if (states.some((state) => state === undefined)) return;
    const down = states.filter((state) => !state!.value);
    const sinceMs =
      down.length > 0 ? Math.min(...down.map((s) => s!.sinceMs)) : Math.max(...states.map((s) => s!.sinceMs));
    teller.fact('link.up', {}, down.length === 0, Math.max(0, Math.min(clock.now(), sinceMs - clock.epochMs)));
  };
  const stops = directions.map(({ probe, direction }) => {
    // The probe that leads to a site is asked from the other one.
    const from = ground.sites.find(({ name }) => name !== probe.site)!;
    return keepLooking(world, from.name, probe.linkPort, (look) => {
      looked.set(probe.site, clock.now());
      direction.take(look);
      tell();
    });
  });
  const watch = everyWhile(500, async () => {
    const latest = plan.probes.map(({ site }) => looked.get(site) ?? 0);
    const oldest = Math.min(...latest);
    if (clock.now() - oldest > 1_000) gap.silent(clock.now());
    else gap.answered(clock.now());
  });
  return () => {
    watch();
    for (const stop of stops) stop();
  };
}

/** Looks from one running node of the site after the other: whichever runs. */
function keepLooking(world: KindWorld, site: string, port: number, onLook: (look: Look) => void): Stop {
  const { engine, ground } = world;
  const machines = [...ground.sites.find(({ name }) => name === site)!.machines].sort(
    (a, b) => Number(b.role === 'worker') - Number(a.role === 'worker'),
  );
  let stopped = false;
  let stop: Stop = () => undefined;
  let lastMs = 0;
  let turn = 0;
  let looking = false;
  let heard = false;
  const begin = async () => {
    const states = await Promise.all(machines.map(({ container }) => engine.state(container).catch(() => undefined)));
    const running = machines.filter((_, i) => states[i]?.running === true && !states[i].paused);
    if (stopped || running.length === 0) return;
    looking = true;
    heard = false;
    lastMs = performance.now();
    const { container } = running[turn++ % running.length]!;
    stop = lookFrom(
      engine,
      container,
      { host: ground.link.address, port },
      (look) => {
        lastMs = performance.now();
        heard = true;
        onLook(look);
      },
      () => {
        looking = false;
      },
    );
  };
  const again = everyWhile(500, async () => {
    // A node that was frozen in the middle says nothing any more; one that was never heard may be slow to begin.
    if (looking && performance.now() - lastMs > (heard ? silentMs : beginMs)) {
      stop();
      looking = false;
    }
    if (!looking) await begin();
  });
  return () => {
    stopped = true;
    again();
    stop();
  };
}
