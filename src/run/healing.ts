/** Undoes passes of faults and proves the platform whole, within their limits. Apart from injection because healing after a crash needs only this and the journal. */
import type { Ms } from '../base/clock.ts';
import type { ActionOutcome } from '../domain/action.ts';
import { type Condition, describeCondition, holds } from '../domain/condition.ts';
import { factKey } from '../domain/fact.ts';
import type { Platform } from '../platform/platform.ts';
import type { Bus } from './bus.ts';
import { tellOutcome } from './tell-outcome.ts';
import type { JournalLine, PlannedUndo, UndoJournal } from './undo-journal.ts';
import type { Waits } from './waits.ts';

/** A fault whose undo was not proven within its limit. */
export interface Unreverted {
  readonly fault: string;
  readonly pass: number;
  /** Conditions that do not hold, and undo actions that did not land, in words. */
  readonly missing: readonly string[];
}

/** Undo under way. */
export interface Healing {
  /** A pass that will have to be undone. */
  add(undo: PlannedUndo): void;
  /** Every action of the pass has its outcome. `landedToMs`: all landed, at the latest then; undefined: not all did. */
  concluded(fault: string, pass: number, landedToMs: Ms | undefined): void;
  heal(fault: string): void;
  /** Rejects never: an aborted signal ends the waiting, and what does not hold then is unreverted. */
  healAll(signal: AbortSignal): Promise<readonly Unreverted[]>;
}

/** How long after a landing facts may still show the platform as it was before: the slowest observer looks once a second. Too short would call a broken platform whole; too long only makes healing slower. */
const settleMs: Ms = 3_000;

interface Pass {
  readonly undo: PlannedUndo;
  readonly outcomes: ActionOutcome[];
  /** Its actions have their outcomes. */
  concluded: boolean;
  landedToMs: Ms | undefined;
  /** From when on facts show what the pass did. */
  freshMs: Ms;
  result: Promise<Unreverted | undefined> | undefined;
}

/** What healing needs of its run. */
export interface HealingOptions {
  readonly platform: Platform;
  readonly bus: Bus;
  readonly waits: Waits;
  readonly journal: UndoJournal;
  /** Flushes what the run has told so far. */
  readonly sync: () => void;
  /** Lower end of the newest landing of a fault. */
  readonly landedAtMs: (fault: string) => Ms | undefined;
}

/** Healing for one run. */
export function createHealing(options: HealingOptions): Healing {
  const { platform, bus, waits, journal, sync, landedAtMs } = options;
  const { clock } = platform;
  const passes: Pass[] = [];
  const stop = new AbortController();

  const issue = (pass: Pass) => {
    const { fault, actions } = pass.undo;
    for (const action of actions) bus.tell({ type: 'action.issued', fault, action, undo: true });
    for (const action of actions)
      platform.issue(action, (outcome) => {
        tellOutcome(bus, fault, outcome, true);
        pass.outcomes.push(outcome);
        waits.changed();
      });
  };
  const start = (pass: Pass) => {
    bus.tell({ type: 'fault.healing', fault: pass.undo.fault, pass: pass.undo.pass });
    if (pass.concluded) issue(pass);
    pass.result = pass.concluded ? prove(pass) : undoOnceConcluded(pass);
  };
  /** An undo that overtook its own act would undo nothing, and the act would stand for good. */
  const undoOnceConcluded = async (pass: Pass): Promise<Unreverted | undefined> => {
    const limits = { limitMs: pass.undo.limitMs, signal: stop.signal };
    await waits.until(() => pass.concluded, limits).catch(() => false);
    issue(pass);
    return prove(pass);
  };
  const prove = async (pass: Pass): Promise<Unreverted | undefined> => {
    const isWhole = () => missingOf(pass).length === 0;
    const waiting = waits.until(isWhole, { limitMs: pass.undo.limitMs, signal: stop.signal });
    return (await waiting.catch(isWhole)) ? healed(pass) : unreverted(pass);
  };
  const healed = (pass: Pass): undefined => {
    const { fault, pass: number, until } = pass.undo;
    note({ kind: 'healed', fault, pass: number });
    const times = until.map((condition) => bus.facts.get(factKey(condition.fact, condition.subject))?.atMs ?? 0);
    bus.tell({ type: 'fault.healed', fault, pass: number, wholeMs: Math.max(pass.landedToMs ?? 0, ...times) });
    sync();
  };
  /** What is whole stays whole when the disk is full: without its line a later heal only looks again. */
  const note = (line: JournalLine) => {
    try {
      journal.write(line);
    } catch {}
  };
  const unreverted = (pass: Pass): Unreverted => {
    const { fault, pass: number } = pass.undo;
    const missing = missingOf(pass);
    bus.tell({ type: 'fault.unreverted', fault, pass: number, missing });
    sync();
    return { fault, pass: number, missing };
  };
  /** A landing that never was cannot be counted from: conditions then hold by their value alone, and an undo that found nothing to undo is no failure. */
  const missingOf = (pass: Pass): string[] => {
    const { undo, outcomes, landedToMs } = pass;
    if (!pass.concluded) return ['the outcome of its own actions'];
    if (clock.now() < pass.freshMs) return ['facts newer than its landing'];
    const open = undo.until
      .filter((condition) => !holds(landedToMs === undefined ? timeless(condition) : condition, bus.facts, landedAtMs))
      .map(describeCondition);
    const silent = undo.actions
      .filter((action) => !outcomes.some((outcome) => outcome.actionId === action.id))
      .map((action) => `the outcome of ${action.verb}`);
    const failed = outcomes.flatMap((outcome) => (outcome.landed || landedToMs === undefined ? [] : [outcome.reason]));
    return [...open, ...silent, ...failed];
  };
  /** What was begun is waited for; what was given up is given one more limit, without acting again. */
  const settle = async (pass: Pass): Promise<Unreverted | undefined> => {
    if (pass.result === undefined) start(pass);
    else if ((await pass.result) !== undefined) pass.result = prove(pass);
    return pass.result;
  };
  /** One undo that breaks must not keep the others from being named. */
  const settleSafely = (pass: Pass): Promise<Unreverted | undefined> => {
    const { fault, pass: number } = pass.undo;
    return settle(pass).catch((error: Error) => ({ fault, pass: number, missing: [error.message] }));
  };
  const newestFirst = () => [...passes].reverse();
  return {
    add: (undo) =>
      void passes.push({ undo, outcomes: [], concluded: false, landedToMs: undefined, freshMs: 0, result: undefined }),
    concluded: (fault, number, landedToMs) => {
      const pass = passes.find(({ undo }) => undo.fault === fault && undo.pass === number);
      if (pass === undefined) return;
      pass.concluded = true;
      pass.landedToMs = landedToMs;
      pass.freshMs = (landedToMs ?? clock.now()) + settleMs;
      waits.changed();
      clock.at(pass.freshMs, waits.changed);
    },
    heal: (fault) => {
      for (const pass of newestFirst()) if (pass.undo.fault === fault && pass.result === undefined) start(pass);
    },
    healAll: async (signal) => {
      const interrupt = () => stop.abort(signal.reason);
      if (signal.aborted) interrupt();
      signal.addEventListener('abort', interrupt);
      const results = await Promise.all(newestFirst().map(settleSafely));
      signal.removeEventListener('abort', interrupt);
      return results.filter((result) => result !== undefined);
    },
  };
}

function timeless(condition: Condition): Condition {
  const { since: _, ...rest } = condition;
  return rest;
}
