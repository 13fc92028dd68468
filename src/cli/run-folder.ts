/** The folder of one run and the lock in it. Apart because two runs must never share a folder, and because `abort` and `judge` find a run by it. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { open, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../base/errors.ts';
import { makeFolders } from '../base/make-folders.ts';
import { readPlainFile, whyUnread } from '../base/plain-file.ts';
import { ownLife, type ProcessLife } from '../base/process-life.ts';
import { whyUnwritten } from '../base/writing.ts';
import { refuseNoRun, traces } from './find-runs.ts';

/** What the lock says of the run that holds it. It goes when the run ends in order, and stays after a crash. */
export interface RunLock extends ProcessLife {
  /** The scenario's file, so that a run that broke off can be judged. */
  readonly scenarioPath: string;
  /** Of that file; absent in locks of older versions. */
  readonly scenarioSha256?: string;
  readonly repeat: string;
}

/** A folder that belongs to this run. */
export interface ClaimedFolder {
  readonly path: string;
  /** Takes the lock away; a folder in which nothing was written goes, too, with the parents that were made for it. */
  readonly release: () => Promise<void>;
}

export { isAlive } from '../base/process-life.ts';

const lockName = 'run.lock';

/** Makes the folder and locks it. Throws an InputError when it holds a run already, or cannot be written. */
export async function claimRunFolder(
  path: string,
  about: Pick<RunLock, 'scenarioPath' | 'scenarioSha256' | 'repeat'>,
): Promise<ClaimedFolder> {
  refuseTaken(path);
  const made = await attempt(path, async () => makeFolders(path));
  const lock: RunLock = { ...ownLife(), ...about };
  await attempt(path, () => writeLock(path, lock, made));
  return { path, release: () => release(path, made) };
}

function refuseTaken(path: string): void {
  const trace = traces.find((name) => existsSync(join(path, name)));
  if (trace === undefined) return;
  throw new InputError({
    file: path,
    message: `Expected a folder without a run, found ${trace}`,
    hint: 'Two runs never share a folder. Give another --out, or remove this one.',
  });
}

/** A lock of which not all could be written would keep every later run out. */
async function writeLock(path: string, lock: RunLock, firstMade: string | undefined): Promise<void> {
  const file = await open(join(path, lockName), 'wx');
  try {
    await file.writeFile(`${JSON.stringify(lock)}\n`);
  } catch (error) {
    await release(path, firstMade);
    throw error;
  } finally {
    await file.close();
  }
}

async function attempt<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'EEXIST' && existsSync(join(path, lockName))) refuseTaken(path);
    const why = whyUnwritten(error);
    if (why === undefined) throw error;
    throw new InputError({
      file: path,
      message: `Expected a folder that can be written, ${why}`,
      hint: 'Give another --out.',
    });
  }
}

async function release(path: string, firstMade: string | undefined): Promise<void> {
  await rm(join(path, lockName), { force: true });
  if (firstMade === undefined) return;
  const top = dirname(resolve(firstMade));
  for (let here = resolve(path); here !== top && here !== dirname(here); here = dirname(here)) {
    if ((await readdir(here).catch(() => ['?'])).length > 0) return;
    await rmdir(here).catch(() => undefined);
  }
}

/** Throws an InputError unless this is a folder that can be looked into. */
export function refuseNoFolder(folder: string): void {
  if (!existsSync(folder))
    throw new InputError({ file: folder, message: 'Expected a run folder, found nothing there' });
  if (!statSync(folder).isDirectory())
    throw new InputError({ file: folder, message: 'Expected a run folder, found a file' });
  try {
    readdirSync(folder);
  } catch (error) {
    throw new InputError({ file: folder, message: `Expected a run folder, but ${whyUnread(error)}` });
  }
}

/** The lock of a run folder; undefined: there is none. Throws an InputError when the folder does not exist or holds no run. */
export async function readLock(folder: string): Promise<RunLock | undefined> {
  refuseNoFolder(folder);
  refuseNoRun(folder);
  try {
    const lock = JSON.parse(readPlainFile(join(folder, lockName), 1).toString()) as RunLock;
    return isLock(lock) ? lock : undefined;
  } catch {
    return undefined;
  }
}

function isLock(lock: RunLock): boolean {
  const texts = typeof lock.scenarioPath === 'string' && typeof lock.repeat === 'string';
  const hash = lock.scenarioSha256 === undefined || typeof lock.scenarioSha256 === 'string';
  return texts && hash && Number.isInteger(lock.pid) && lock.pid > 0 && lock.pid <= pidMax;
}

/** Process ids of every system fit in here; what does not, no signal can be sent to. */
const pidMax = 2 ** 31 - 1;
