/** How the simulated observers learn of things: like real ones they see late, by informer or by poll, and not at all while their source is cut off. Apart from what is observed. */
import type { Ms } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { Publish } from '../../domain/event.ts';
import type { FactName, FactValue, Subject } from '../../domain/fact.ts';
import type { World } from '../../sim/world.ts';
import { informerFacts } from '../informer-facts.ts';

/** Poll period of probers and of etcd's status, ms (10 Hz). A longer one widens the resolution of every figure. */
export const pollMs = 100;

/** Delay of an informer, ms: watch event, decode, queue. Measured on idle clusters as a few to some tens of ms; a longer one makes stories move later, not verdicts worse (they judge on the source's stamp). */
const informerDelayMs = { min: 5, max: 40 } as const;

/** Where a value comes from. `informer`: told by the API server of the site; `poll`: read 10 times a second; `log`: read by the same poll but stamped by the source itself. */
export type Source = 'informer' | 'poll' | 'log';

/** One thing to watch. */
export interface Watched {
  readonly fact: FactName;
  readonly subject: Subject;
  readonly source: Source;
  /** Fact and subject as one word. */
  readonly key: string;
  /** Reads the world; undefined: nothing can be said (not published). */
  readonly read: () => FactValue | undefined;
}

/** Watches things and publishes their changes. */
export interface Watcher {
  /** Looks at these now; each change is published when its source shows it. Call it whenever a model says that something changed. */
  look(things: readonly Watched[]): void;
  /** Something about the API of a site changed: informers that were cut off may be back. */
  lookAtInformers(site: string): void;
}

/** A watcher of this world. */
export function createWatcher(world: World, random: Random, publish: Publish): Watcher {
  const { kernel } = world;
  const last = new Map<string, FactValue>();
  const polled = new Map<string, Watched>();
  const cutSince = new Map<string, Ms>();
  const missed = new Map<string, Map<string, { readonly thing: Watched; readonly atMs: Ms }>>();
  let pollAt: Ms | undefined;

  /** When the last event of a site's informers arrives: a watch delivers in order. */
  const arrivesMs = new Map<string, Ms>();

  const tell = (thing: Watched, value: FactValue, atMs: Ms) =>
    publish({ type: 'fact', fact: thing.fact, subject: thing.subject, value }, atMs);
  const tellLate = (thing: Watched, value: FactValue, atMs: Ms, delayMs: Ms) => {
    const site = thing.subject.site ?? '';
    const arriveMs = Math.max(kernel.now() + delayMs, arrivesMs.get(site) ?? 0);
    arrivesMs.set(site, arriveMs);
    kernel.at(arriveMs, () => tell(thing, value, atMs));
  };

  const take = (thing: Watched, atMs: Ms, say: (value: FactValue) => void = (value) => tell(thing, value, atMs)) => {
    const value = thing.read();
    if (value === undefined || last.get(thing.key) === value) return;
    last.set(thing.key, value);
    say(value);
  };

  const poll = () => {
    pollAt = undefined;
    const things = [...polled];
    polled.clear();
    for (const [key, thing] of things)
      take(thing, thing.source === 'log' ? (stamps.get(key) ?? kernel.now()) : kernel.now());
    stamps.clear();
  };
  const stamps = new Map<string, Ms>();

  const lookByPoll = (thing: Watched) => {
    const { key } = thing;
    if (thing.read() === last.get(key) && !polled.has(key)) return;
    if (!polled.has(key)) stamps.set(key, kernel.now());
    polled.set(key, thing);
    if (pollAt !== undefined) return;
    pollAt = (Math.floor(kernel.now() / pollMs) + 1) * pollMs;
    kernel.at(pollAt, poll);
  };

  const lookByInformer = (thing: Watched) => {
    const site = thing.subject.site ?? '';
    if (!informed(world, site)) {
      if (!cutSince.has(site)) cutSince.set(site, kernel.now());
      const there = missed.get(site) ?? new Map();
      missed.set(site, there);
      if (!there.has(thing.key)) there.set(thing.key, { thing, atMs: kernel.now() });
      return;
    }
    const atMs = kernel.now();
    take(thing, atMs, (value) => tellLate(thing, value, atMs, random.int(informerDelayMs.min, informerDelayMs.max)));
  };

  const resume = (site: string) => {
    const since = cutSince.get(site);
    if (since === undefined) return;
    cutSince.delete(site);
    publish(
      { type: 'gap', observer: 'informers', site, facts: informerFacts, fromMs: since, toMs: kernel.now() },
      kernel.now(),
    );
    for (const { thing, atMs } of missed.get(site)?.values() ?? [])
      take(thing, atMs, (value) => tellLate(thing, value, atMs, 1));
    missed.delete(site);
  };

  return {
    look: (things) => {
      for (const thing of things)
        if (thing.source === 'informer') lookByInformer(thing);
        else lookByPoll(thing);
    },
    lookAtInformers: (site) => {
      if (informed(world, site)) resume(site);
      else if (!cutSince.has(site)) cutSince.set(site, kernel.now());
    },
  };
}

/** Whether an informer of the site gets events: some API server answers reads and has an etcd to hear of changes. */
function informed(world: World, site: string): boolean {
  return world.controlPlane.write(site).okRatio > 0;
}
