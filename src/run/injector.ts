/** Carries out faults and operations: resolves the target, writes the undo to disk, acts, seeks the proof, and later undoes and proves the platform whole. The only place that issues actions. */
import type { Ms } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Action, ActionOutcome, ResolvedTarget } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';
import type { Ground } from '../domain/resolve-target.ts';
import { resolveTarget } from '../domain/resolve-target.ts';
import type { Platform } from '../platform/platform.ts';
import type { Bus } from './bus.ts';
import { createHealing, type Healing, type Unreverted } from './healing.ts';
import { tellOutcome } from './tell-outcome.ts';
import type { PlannedUndo, UndoJournal } from './undo-journal.ts';
import type { Waits } from './waits.ts';

/** What an injector needs of its run. */
export interface InjectorOptions {
  readonly faults: Readonly<Record<string, Fault>>;
  readonly ground: Ground;
  readonly platform: Platform;
  readonly bus: Bus;
  readonly waits: Waits;
  readonly journal: UndoJournal;
  /** Flushes what the run has told so far. */
  readonly sync: () => void;
  readonly random: Random;
  readonly noFaults: boolean;
  readonly duds: readonly string[];
  /** The newest pass of the fault has landed, at the earliest at `fromMs`. */
  readonly onLanded: (fault: string, fromMs: Ms) => void;
}

/** Injects and heals. */
export interface Injector {
  inject(fault: string): void;
  /** Undoes every pass of the fault that is not healed yet; returns at once. */
  heal(fault: string): void;
  /** Undoes all that is left, newest first, and settles when all is whole or its limit is over; gives what is not. */
  healAll(signal: AbortSignal): Promise<readonly Unreverted[]>;
  /** Faults that were not injected because the run injects none. */
  skipped(): ReadonlySet<string>;
}

/** An injector for one run. */
export function createInjector(options: InjectorOptions): Injector {
  const { faults, bus, platform, journal, noFaults } = options;
  const passes = new Map<string, number>();
  const landedMs = new Map<string, Ms>();
  const skipped = new Set<string>();
  const healing: Healing = createHealing({ ...options, landedAtMs: (fault) => landedMs.get(fault) });

  const inject = (name: string) => {
    const fault = faults[name]!;
    const pass = (passes.get(name) ?? 0) + 1;
    passes.set(name, pass);
    landedMs.delete(name);
    const skip = noFaults && fault.purpose === 'damage';
    bus.tell({ type: 'fault.injected', fault: name, pass, purpose: fault.purpose, title: fault.title, skipped: skip });
    if (skip) return void skipped.add(name);
    const planned = plan(name, pass, fault, options);
    if (typeof planned === 'string') return void bus.tell({ type: 'fault.failed', fault: name, pass, reason: planned });
    const unwritten = failureOf(() => journal.write({ kind: 'undo', ...planned.undo }));
    if (unwritten !== undefined) return void bus.tell({ type: 'fault.failed', fault: name, pass, reason: unwritten });
    healing.add(planned.undo);
    options.sync();
    issueAll(name, pass, planned.actions);
  };

  const issueAll = (name: string, pass: number, actions: readonly Action[]) => {
    const outcomes: ActionOutcome[] = [];
    for (const action of actions) bus.tell({ type: 'action.issued', fault: name, action, undo: false });
    for (const action of actions)
      platform.issue(action, (outcome) => {
        tellOutcome(bus, name, outcome, false);
        outcomes.push(outcome);
        if (outcomes.length === actions.length) conclude(name, pass, outcomes);
      });
  };

  const conclude = (name: string, pass: number, outcomes: readonly ActionOutcome[]) => {
    const landed = outcomes.filter((outcome) => outcome.landed);
    if (landed.length < outcomes.length) {
      const reason = outcomes.flatMap((outcome) => (outcome.landed ? [] : [outcome.reason])).join('; ');
      bus.tell({ type: 'fault.failed', fault: name, pass, reason });
      return healing.concluded(name, pass, undefined);
    }
    const fromMs = Math.min(...landed.map((outcome) => outcome.fromMs));
    const toMs = Math.max(...landed.map((outcome) => outcome.toMs));
    bus.publish({ type: 'fault.landed', fault: name, pass, fromMs, toMs }, toMs);
    healing.concluded(name, pass, toMs);
    options.sync();
    if (passes.get(name) !== pass) return;
    landedMs.set(name, fromMs);
    options.onLanded(name, fromMs);
  };
  return { inject, heal: healing.heal, healAll: healing.healAll, skipped: () => skipped };
}

/** Nothing is broken whose undo is not on disk. */
function failureOf(write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

interface Planned {
  readonly actions: readonly Action[];
  readonly undo: PlannedUndo;
}

/** Every action of the pass and what undoes it; or why nothing can be done. */
function plan(name: string, pass: number, fault: Fault, options: InjectorOptions): Planned | string {
  const random = options.random.fork(`${name}#${pass}`);
  const resolved: (readonly ResolvedTarget[])[] = [];
  for (const [i, action] of fault.actions.entries()) {
    if (!options.platform.verbs.has(action.verb)) return `The platform ${options.platform.name} cannot ${action.verb}`;
    const resolution = resolveTarget(action.target, options.bus.facts, options.ground, random.fork(`${i}`));
    if (resolution.targets === undefined) return resolution.problem;
    resolved.push(resolution.targets);
  }
  const dud = options.duds.includes(name);
  const byPlanned: Action[][] = [];
  let count = 0;
  for (const [i, targets] of resolved.entries()) {
    const { verb, args = {} } = fault.actions[i]!;
    byPlanned.push(targets.map((target) => ({ id: `${name}#${pass}.${count++}`, verb, target, args, dud })));
  }
  const { until, limitMs } = fault.undo;
  const undo = { fault: name, pass, title: fault.title, actions: undoActions(fault, byPlanned), until, limitMs };
  return { actions: byPlanned.flat(), undo };
}

/** One undo action per target that was acted on; ids end in `~`, and `.1~` where an action has several. */
function undoActions(fault: Fault, byPlanned: readonly (readonly Action[])[]): Action[] {
  const used = new Map<string, number>();
  return fault.undo.actions.flatMap(({ verb, of }) =>
    (byPlanned[of] ?? []).map((action) => {
      const again = used.get(action.id) ?? 0;
      used.set(action.id, again + 1);
      const id = again === 0 ? `${action.id}~` : `${action.id}.${again}~`;
      return { id, verb, target: action.target, args: {}, dud: false };
    }),
  );
}
