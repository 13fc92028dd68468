/** The undo journal: what was made and what would have to be undone, on disk before it is done. All that is needed to heal after a crash. */
import { join } from 'node:path';
import { InputError, type Problem } from '../base/errors.ts';
import { readPlainFile, whyUnread } from '../base/plain-file.ts';
import type { Action } from '../domain/action.ts';
import type { Condition } from '../domain/condition.ts';
import type { Handle } from '../platform/platform.ts';
import { createGrowingFile, type GrowingFile, reopenGrowingFile } from './run-files.ts';

/** Name of the file in a run's folder. */
export const journalName = 'undo.jsonl';

/** What undoes one pass of a fault, with every name resolved. */
export interface PlannedUndo {
  readonly fault: string;
  readonly pass: number;
  readonly title: string;
  /** In the order in which they are to be issued. */
  readonly actions: readonly Action[];
  readonly until: readonly Condition[];
  readonly limitMs: number;
}

/** A line of the journal. */
export type JournalLine =
  | { readonly kind: 'run'; readonly platform: string; readonly scenario: string }
  | { readonly kind: 'handle'; readonly handle: Handle }
  | ({ readonly kind: 'undo' } & PlannedUndo)
  | { readonly kind: 'healed'; readonly fault: string; readonly pass: number }
  | { readonly kind: 'gone' };

/** Writes lines; each is on disk when it returns. */
export interface UndoJournal {
  write(line: JournalLine): void;
  close(): void;
}

/** A new journal in the folder; without a folder it writes nowhere. Throws an {@link InputError} when there is one already. */
export function createUndoJournal(folder: string | undefined): UndoJournal {
  return folder === undefined ? { write: () => {}, close: () => {} } : writing(createGrowingFile(folder, journalName));
}

/** The journal of an earlier run, to add to. */
export function reopenUndoJournal(folder: string): UndoJournal {
  return writing(reopenGrowingFile(folder, journalName));
}

function writing(file: GrowingFile): UndoJournal {
  return {
    write: (line) => {
      file.append(`${JSON.stringify(line)}\n`);
      file.sync();
    },
    close: file.close,
  };
}

/** What a journal says is left. */
export interface Leftover {
  readonly platform: string;
  readonly scenario: string;
  /** Undefined: nothing had been made yet. */
  readonly handle: Handle | undefined;
  /** Planned and not proven healed; newest first. */
  readonly undos: readonly PlannedUndo[];
  /** The platform was torn down. */
  readonly gone: boolean;
}

/** Reads a journal; a torn last line was never acted upon and is left out. Throws an {@link InputError} when it is missing or broken. */
export function readUndoJournal(folder: string): Leftover {
  const file = join(folder, journalName);
  return foldJournal(linesOf(readText(file), file), file);
}

/** A journal has a few lines per fault. */
const mebibytesMax = 64;

function readText(file: string): string {
  try {
    return readPlainFile(file, mebibytesMax).toString();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError({
      file,
      message: missing ? 'There is no undo journal here' : `Expected a readable undo journal, but ${whyUnread(error)}`,
      hint: 'Expected the folder of a run, such as reports/<run-id>.',
    });
  }
}

function linesOf(text: string, file: string): JournalLine[] {
  const lines = text.split('\n').slice(0, -1);
  const problems: Problem[] = [];
  const parsed = lines.flatMap((line, i) => {
    try {
      return [journalLine(JSON.parse(line))];
    } catch {
      problems.push({ file, line: i + 1, message: 'Expected a line of JSON with its `kind`' });
      return [];
    }
  });
  if (problems.length > 0) throw new InputError(problems);
  return parsed;
}

function journalLine(value: unknown): JournalLine {
  if (typeof value !== 'object' || value === null || !('kind' in value)) throw new TypeError('no line of a journal');
  return value as JournalLine;
}

function foldJournal(lines: readonly JournalLine[], file: string): Leftover {
  const run = lines.find((line) => line.kind === 'run');
  if (run === undefined)
    throw new InputError({ file, message: 'The undo journal does not say which run it belongs to' });
  const isHealed = (undo: PlannedUndo) =>
    lines.some((line) => line.kind === 'healed' && line.fault === undo.fault && line.pass === undo.pass);
  const undos = lines.filter((line) => line.kind === 'undo').filter((undo) => !isHealed(undo));
  return {
    platform: run.platform,
    scenario: run.scenario,
    handle: lines.findLast((line) => line.kind === 'handle')?.handle,
    undos: undos.reverse(),
    gone: lines.some((line) => line.kind === 'gone'),
  };
}
