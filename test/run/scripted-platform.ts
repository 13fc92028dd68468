/** A platform and a load driver in memory that do what a test scripts, on a clock that jumps. A second adapter of the ports: it knows nothing of the runner but what the ports say. */
import type { Clock, Ms } from '../../src/base/clock.ts';
import type { Action, ActionOutcome, Verb } from '../../src/domain/action.ts';
import { verbs } from '../../src/domain/action.ts';
import type { Publish, Traffic } from '../../src/domain/event.ts';
import type { FactName, FactValue, Subject } from '../../src/domain/fact.ts';
import type { LoadDriver } from '../../src/load/load-driver.ts';
import type { Handle, Platform } from '../../src/platform/platform.ts';

/** Thrown by a test into the runner, to end it at that instant. */
export class Crash extends Error {}

/** A clock that jumps from entry to entry, one per turn of the event loop, so that every promise is heeded before time goes on. */
export function createJumpingClock() {
  let now = 0;
  let sequence = 0;
  let running = false;
  const entries: { readonly key: number; readonly sequence: number; readonly atMs: Ms; readonly run: () => void }[] =
    [];
  const add = (atMs: Ms, close: 0 | 1, run: () => void) => {
    const entry = { key: Math.max(now, atMs) * 2 + close, sequence: sequence++, atMs: Math.max(now, atMs), run };
    entries.push(entry);
    return () => {
      const i = entries.indexOf(entry);
      if (i >= 0) entries.splice(i, 1);
    };
  };
  const step = () => {
    if (!running) return;
    let next = entries[0];
    for (const entry of entries)
      if (next === undefined || entry.key < next.key || (entry.key === next.key && entry.sequence < next.sequence))
        next = entry;
    if (next === undefined) {
      running = false;
      return;
    }
    entries.splice(entries.indexOf(next), 1);
    now = next.atMs;
    try {
      next.run();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
    setImmediate(step);
  };
  const clock: Clock = {
    now: () => now,
    at: (atMs, callback) => {
      const cancel = add(atMs, 1, callback);
      go();
      return cancel;
    },
  };
  const go = () => {
    if (running || !started) return;
    running = true;
    setImmediate(step);
  };
  let started = false;
  return {
    clock,
    /** An entry of the world: before every timer of the same instant. */
    at: (atMs: Ms, run: () => void) => add(atMs, 0, run),
    start: () => {
      started = true;
      go();
    },
    stop: () => {
      started = false;
      running = false;
    },
  };
}

/** The world that a test scripts. It outlives the platform that attaches to it. */
export interface ScriptedWorld {
  readonly clock: Clock;
  /** Runs at a time of the world's own clock. */
  at(atMs: Ms, run: () => void): void;
  after(delayMs: Ms, run: () => void): void;
  /** Sets a fact now and publishes it if it changed. */
  set(fact: FactName, subject: Subject, value: FactValue): void;
  /** Share of requests that fail from now on. */
  failing: number;
  /** Everything that was issued, in order. */
  readonly issued: Action[];
  /** Calls of the port, in order. */
  readonly calls: string[];
}

/** How a test shapes its world. */
export interface Script {
  /** What an action does; gives the outcome without the id. Absent: lands within 100 ms. `undefined`: never answers. */
  readonly act?: (
    action: Action,
    world: ScriptedWorld,
  ) => ({ readonly reason: string } | { readonly tookMs: Ms }) | undefined;
  /** Called once when the profile starts. */
  readonly play?: (world: ScriptedWorld) => void;
  /** Facts at the beginning. */
  readonly facts?: readonly (readonly [FactName, Subject, FactValue])[];
  /** Throws in this port call. */
  readonly throwIn?: string;
  /** The verbs it has; all by default. */
  readonly verbs?: readonly Verb[];
  /** Called in each port call, before its work. */
  readonly on?: (call: string, world: ScriptedWorld) => void;
}

/** A world, a platform on it, its load; `attach` gives another platform on the same world. */
export function createScripted(script: Script = {}) {
  const timing = createJumpingClock();
  const known = new Map<string, readonly [FactName, Subject, FactValue, Ms]>();
  const publishers = new Set<Publish>();
  const done = new Set<string>();
  const world: ScriptedWorld = {
    clock: timing.clock,
    at: timing.at,
    after: (delayMs, run) => void timing.at(timing.clock.now() + delayMs, run),
    set: (fact, subject, value) => {
      const key = JSON.stringify([fact, subject]);
      if (known.get(key)?.[2] === value) return;
      const atMs = timing.clock.now();
      known.set(key, [fact, subject, value, atMs]);
      for (const publish of publishers) publish({ type: 'fact', fact, subject, value }, atMs);
    },
    failing: 0,
    issued: [],
    calls: [],
  };
  for (const [fact, subject, value] of script.facts ?? []) world.set(fact, subject, value);
  const call = (name: string) => {
    world.calls.push(name);
    script.on?.(name, world);
    if (script.throwIn === name) throw new Error(`${name} broke`);
  };
  const sleep = (delayMs: Ms, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const abort = () => reject(new Error('aborted'));
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      timing.at(timing.clock.now() + delayMs, () => resolve());
    });
  let generation = 0;
  /** Nothing of a runner that was dropped is called any more. */
  const whileAlive = () => {
    const born = generation;
    return (run: () => void) => () => {
      if (born === generation) run();
    };
  };
  const platform = (): Platform => buildPlatform(whileAlive());
  const buildPlatform = (alive: (run: () => void) => () => void): Platform => ({
    name: 'scripted',
    verbs: new Set(script.verbs ?? (Object.keys(verbs) as Verb[])),
    clock: { now: timing.clock.now, at: (atMs, callback) => timing.clock.at(atMs, alive(callback)) },
    versions: {},
    provision: async (_topology, journal, signal) => {
      timing.start();
      const handle: Handle = { world: 'one' };
      journal.handle(handle);
      call('provision');
      await sleep(1_000, signal);
      return handle;
    },
    attach: async () => {
      call('attach');
      timing.start();
    },
    deploy: async (_topology, signal) => {
      call('deploy');
      await sleep(1_000, signal);
    },
    observe: (publish) => {
      publishers.add(publish);
      for (const [fact, subject, value, atMs] of known.values()) publish({ type: 'fact', fact, subject, value }, atMs);
      return () => void publishers.delete(publish);
    },
    issue: (action, outcome) => {
      if (done.has(action.id)) {
        world.after(1, () =>
          outcome({ actionId: action.id, landed: true, fromMs: 0, toMs: timing.clock.now(), proof: 'done before' }),
        );
        return;
      }
      done.add(action.id);
      world.issued.push(action);
      world.calls.push(`issue ${action.id}`);
      script.on?.(`issue ${action.id}`, world);
      if (script.throwIn === `issue ${action.id}`) throw new Error(`issue ${action.id} broke`);
      const result = script.act === undefined ? { tookMs: 100 } : script.act(action, world);
      if (result === undefined) return;
      const fromMs = timing.clock.now();
      const toMs = fromMs + ('tookMs' in result ? result.tookMs : 100);
      const tell = alive(() => {
        const told: ActionOutcome =
          'reason' in result
            ? { actionId: action.id, landed: false, reason: result.reason }
            : { actionId: action.id, landed: true, fromMs, toMs, proof: 'seen' };
        outcome(told);
      });
      timing.at(toMs, tell);
    },
    audit: async (signal) => {
      call('audit');
      await sleep(100, signal);
      return { type: 'audit', held: {}, duplicated: {}, resurrected: {}, conflicts: 0, unreadable: {} };
    },
    teardown: async () => {
      call('teardown');
    },
  });
  /** Drops the runner: the world lives on. */
  const drop = () => {
    generation++;
    publishers.clear();
  };
  return { world, platform, load: createScriptedLoad(world, script, call), drop };
}

function createScriptedLoad(world: ScriptedWorld, script: Script, call: (name: string) => void): LoadDriver {
  let running = false;
  const tick = (publish: Publish) => {
    if (!running) return;
    const toMs = world.clock.now();
    publish(stretch(toMs, world.failing), toMs);
    world.after(1_000, () => tick(publish));
  };
  return {
    name: 'scripted',
    warmUp: async (_plan, publish) => {
      call('warmUp');
      running = true;
      world.after(1_000, () => tick(publish));
    },
    play: () => {
      call('play');
      script.play?.(world);
    },
    stop: async () => {
      call('stop');
      running = false;
      return { reached: true };
    },
  };
}

function stretch(toMs: Ms, failing: number): Traffic {
  const asked = 100;
  const error = Math.round(asked * failing);
  const ok = asked - error;
  return {
    type: 'traffic',
    service: 'orders',
    site: 'east',
    channel: 'web',
    fromMs: toMs - 1_000,
    toMs,
    asked,
    ok,
    failed: error > 0 ? { error } : {},
    indeterminate: 0,
    inFlight: 0,
    latency: ok > 0 ? [[20, ok]] : [],
  };
}
