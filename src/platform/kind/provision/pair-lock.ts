/** Who has a kept pair in hand. Apart because two runs on one pair would break each other's faults, and because an owner that died must not keep everybody out. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../base/errors.ts';
import { isAlive, ownLife, type ProcessLife } from '../../../base/process-life.ts';

const lockName = 'pair.lock';

/** Takes the pair of that folder in hand; gives what lets it go. The lock of an owner that is gone is taken over. Throws an InputError when the owner lives. */
export function lockPair(folder: string): () => void {
  const path = join(folder, lockName);
  const own = `${path}.${process.pid}`;
  writeFileSync(own, `${JSON.stringify(ownLife())}\n`);
  try {
    // A link, as it fails where the lock is there, and what it holds is whole from the first moment on.
    for (let tries = 0; ; tries++) {
      if (linked(own, path)) return () => rmSync(path, { force: true });
      const owner = pairOwner(folder);
      if (owner !== undefined || tries === 2) throw inHand(folder, owner);
      setAside(path);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** The living process that has the pair in hand; undefined when nobody has. */
export function pairOwner(folder: string): ProcessLife | undefined {
  return ownerIn(join(folder, lockName));
}

function ownerIn(path: string): ProcessLife | undefined {
  try {
    const life = JSON.parse(readFileSync(path, 'utf8')) as ProcessLife;
    return Number.isInteger(life.pid) && life.pid > 0 && isAlive(life) ? life : undefined;
  } catch {
    return undefined;
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Of two that find a stale lock one moves it. The other finds it gone, or moves the first one's new lock, sees that, and puts it back. */
function setAside(path: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (ownerIn(aside) !== undefined) linked(aside, path);
  rmSync(aside, { force: true });
}

function inHand(folder: string, owner: ProcessLife | undefined): InputError {
  const who = owner === undefined ? 'another process' : `process ${owner.pid}`;
  return new InputError({
    file: folder,
    message: `Expected clusters that nobody uses, but ${who} has them in hand`,
    hint: 'Wait until it ends, or take other clusters: elevenproof up --name <another>',
  });
}
