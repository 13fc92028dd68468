/** `elevenproof abort`: asks a run that goes on in another process to heal and end. */
import type { Command } from 'commander';
import { InputError } from '../base/errors.ts';
import { plainText } from '../report/plain-text.ts';
import { quote } from '../report/repeat-command.ts';
import { asTyped } from './invocation.ts';
import type { Io } from './io.ts';
import type { Context } from './program.ts';
import type { RunLock } from './run-folder.ts';

/** Declares the command. */
export function declareAbort(program: Command, context: Context): void {
  program
    .command('abort <run-folder>')
    .summary('abort a run that goes on in another process')
    .description(
      'Asks the process that runs in this folder, or in one right below it, to heal, tear down and end, as its own Ctrl-C would.',
    )
    .option('--json', 'print as JSON')
    .action((folder: string, raw: { readonly json?: boolean }) => abortCommand(folder, raw.json === true, context.io));
}

async function abortCommand(folder: string, json: boolean, io: Io): Promise<void> {
  const { isAlive, readLock, refuseNoFolder } = await import('./run-folder.ts');
  const { holdsRun, runsBelow } = await import('./find-runs.ts');
  refuseNoFolder(folder);
  const below = holdsRun(folder) ? [] : runsBelow(folder);
  const folders = below.length === 0 ? [folder] : below;
  const locks = await Promise.all(folders.map(readLock));
  const alive = locks.flatMap((lock, i) =>
    lock !== undefined && isAlive(lock) ? [{ pid: lock.pid, folder: folders[i]! }] : [],
  );
  const pids = [...new Set(alive.map(({ pid }) => pid))];
  if (pids.length > 1) throw severalGoOn(folder, alive);
  for (const pid of pids) process.kill(pid, 'SIGINT');
  const text =
    pids.length === 1
      ? `Asked process ${pids[0]} to abort: it heals, tears down and ends.`
      : below.length === 0
        ? endedText(folder, locks[0])
        : `No run goes on below ${folder}: all ${below.length} have ended. (A simulated one takes seconds.)`;
  io.out(json ? `${JSON.stringify({ asked: pids, text }, null, 2)}\n` : `${plainText(asTyped(text, io.invocation))}\n`);
}

/** Runs of one command share a process. Several processes are not one person's to end by the folder above them. */
function severalGoOn(folder: string, alive: readonly { readonly folder: string }[]): InputError {
  return new InputError({
    file: folder,
    message: `Expected one run that goes on, found ${alive.length}`,
    hint: `Name one: ${alive.map((each) => each.folder).join(', ')}.`,
  });
}

function endedText(folder: string, lock: RunLock | undefined): string {
  return lock === undefined
    ? `No run goes on in ${folder}: it has ended. (A simulated one takes seconds.)`
    : `The process of this run (${lock.pid}) is gone. What it left: elevenproof heal ${quote(folder)}`;
}
