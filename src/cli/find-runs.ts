/** Which folders hold a run: the given one, or those right below it. Apart because several runs of one command share a parent folder, and people name that. */
import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/errors.ts';

/** Files of which a run folder has one at least. */
export const traces: readonly string[] = ['run.lock', 'timeline.jsonl', 'record.json', 'undo.jsonl'];

/** Whether the folder holds a run, or what is left of one. */
export function holdsRun(folder: string): boolean {
  return traces.some((name) => existsSync(join(folder, name)));
}

/** The folders right below that hold a run, by name. None where nobody may look. */
export function runsBelow(folder: string): readonly string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .filter(holdsRun)
    .sort();
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Throws an InputError that names the runs below when the folder itself holds none. */
export function refuseNoRun(folder: string): void {
  if (holdsRun(folder)) return;
  const below = runsBelow(folder).slice(0, namedMax);
  throw new InputError({
    file: folder,
    message: 'Expected the folder of a run, found none of its files',
    hint: below.length === 0 ? 'Such as reports/<run-id>.' : `Runs below it: ${below.join(', ')}.`,
  });
}

/** Enough to see how they are called. */
const namedMax = 5;
