/** Runs of real platforms that ended without saying that all they made is gone. Apart because `doctor` names them and touches nothing. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Leftover, readUndoJournal } from '../run/undo-journal.ts';
import { runsBelow } from './find-runs.ts';
import { isAlive, type RunLock } from './run-folder.ts';

/** Platforms whose world ends with the process leave nothing. */
const vanishing: readonly string[] = ['simulated'];

/** Folders right below, by name. A run that goes on is none of them, and neither is a folder whose journal cannot be read. */
export function openRunFolders(parent: string): readonly string[] {
  return runsBelow(parent).filter((folder) => {
    const left = journalOf(folder);
    return left?.handle !== undefined && !left.gone && !vanishing.includes(left.platform) && !goesOn(folder);
  });
}

function journalOf(folder: string): Leftover | undefined {
  try {
    return readUndoJournal(folder);
  } catch {
    return undefined;
  }
}

function goesOn(folder: string): boolean {
  try {
    return isAlive(JSON.parse(readFileSync(join(folder, 'run.lock'), 'utf8')) as RunLock);
  } catch {
    return false;
  }
}
