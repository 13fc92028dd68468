/** `elevenproof abort`: asks a run that goes on in another process to heal and end. */
import type { Command } from 'commander';
import { plainText } from '../report/plain-text.ts';
import { quote } from '../report/repeat-command.ts';
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
  const pids = [...new Set(locks.flatMap((lock) => (lock !== undefined && isAlive(lock) ? [lock.pid] : [])))];
  for (const pid of pids) process.kill(pid, 'SIGINT');
  const texts =
    pids.length > 0
      ? pids.map((pid) => `Asked process ${pid} to abort: it heals, tears down and ends.`)
      : locks.map((lock, i) => endedText(folders[i]!, lock));
  if (json) io.out(`${JSON.stringify({ asked: pids, texts }, null, 2)}\n`);
  else for (const text of texts) io.out(`${plainText(text)}\n`);
}

function endedText(folder: string, lock: RunLock | undefined): string {
  return lock === undefined
    ? `No run goes on in ${folder}: it has ended. (A simulated one takes seconds.)`
    : `The process of this run (${lock.pid}) is gone. What it left: elevenproof heal ${quote(folder)}`;
}
