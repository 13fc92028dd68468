/** Heals what an earlier run left behind, from its journal alone: attach, undo, wait, prove again. Works after a crash at any moment. */
import { exitCodes } from '../base/errors.ts';
import { createSliFold } from '../domain/sli.ts';
import type { Platform } from '../platform/platform.ts';
import { createBus } from './bus.ts';
import { createHealing, type Unreverted } from './healing.ts';
import { createTimeline } from './timeline.ts';
import { type Leftover, readUndoJournal, reopenUndoJournal } from './undo-journal.ts';
import { createWaits } from './waits.ts';

/** What healing found and did. */
export interface HealReport {
  /** `fault#pass` of what was proven whole again. */
  readonly healed: readonly string[];
  readonly unreverted: readonly Unreverted[];
  /** One sentence for a person. */
  readonly text: string;
  /** 0, or 5 when something is not whole. */
  readonly exitCode: number;
}

/** Gives the platform of a journal, not attached yet; `ended-with-process` when it lived in the process that made it. */
export type FindPlatform = (platform: string) => Promise<Platform | 'ended-with-process'>;

/** Heals the run in `folder`. Throws an InputError when there is no journal, an OperatingError when the platform cannot be attached. Healing twice is harmless. */
export async function heal(folder: string, find: FindPlatform, signal: AbortSignal): Promise<HealReport> {
  const left = readUndoJournal(folder);
  if (left.gone) return nothingLeft('The platform was torn down: nothing is left.');
  if (left.handle === undefined) return nothingLeft('Nothing had been made yet: nothing is left.');
  const platform = await find(left.platform);
  if (platform === 'ended-with-process')
    return nothingLeft(`The ${left.platform} world ended with its process: nothing can be left.`);
  if (left.undos.length === 0) return nothingLeft('Everything that was done is undone already.');
  await platform.attach(left.handle, signal);
  return undoAll(folder, left, platform, signal);
}

function nothingLeft(text: string): HealReport {
  return { healed: [], unreverted: [], text, exitCode: exitCodes.met };
}

async function undoAll(folder: string, left: Leftover, platform: Platform, signal: AbortSignal): Promise<HealReport> {
  const { clock } = platform;
  const waits = createWaits(clock);
  const bus = createBus({ clock, timeline: createTimeline({}), slis: createSliFold({}) });
  const journal = reopenUndoJournal(folder);
  bus.onFact(waits.changed);
  const stop = platform.observe(bus.publish, signal);
  try {
    const healing = createHealing({ platform, bus, waits, journal, sync: () => {}, landedAtMs: () => undefined });
    for (const undo of [...left.undos].reverse()) {
      healing.add(undo);
      healing.concluded(undo.fault, undo.pass, undefined);
    }
    return reportOf(left, await healing.healAll(signal));
  } finally {
    stop();
    await platform.detach?.();
    journal.close();
  }
}

function reportOf(left: Leftover, unreverted: readonly Unreverted[]): HealReport {
  const isLeft = (name: string) => unreverted.some(({ fault, pass }) => `${fault}#${pass}` === name);
  const names = left.undos.map(({ fault, pass }) => `${fault}#${pass}`);
  const healed = names.filter((name) => !isLeft(name));
  const text =
    unreverted.length === 0
      ? `Whole again: ${healed.join(', ')}.`
      : `Not whole: ${unreverted.map(({ fault, pass, missing }) => `${fault}#${pass} (${missing.join(', ')})`).join('; ')}.`;
  return { healed, unreverted, text, exitCode: unreverted.length === 0 ? exitCodes.met : exitCodes.unreverted };
}
