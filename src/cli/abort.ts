/** `elevenproof abort`: asks a run that goes on in another process to heal and end. */
import type { Command } from 'commander';
import { plainText } from '../report/plain-text.ts';
import type { Io } from './io.ts';
import type { Context } from './program.ts';

/** Declares the command. */
export function declareAbort(program: Command, context: Context): void {
  program
    .command('abort <run-folder>')
    .summary('abort a run that goes on in another process')
    .description('Asks the process that runs in this folder to heal, tear down and end, as its own Ctrl-C would.')
    .action((folder: string) => abortCommand(folder, context.io));
}

async function abortCommand(folder: string, io: Io): Promise<void> {
  const { isAlive, readLock } = await import('./run-folder.ts');
  const lock = await readLock(folder);
  if (lock === undefined) {
    io.out(`No run goes on in ${plainText(folder)}: it has ended. (A simulated one takes seconds.)\n`);
    return;
  }
  if (!isAlive(lock)) {
    io.out(`The process of this run (${lock.pid}) is gone. What it left: elevenproof heal ${plainText(folder)}\n`);
    return;
  }
  process.kill(lock.pid, 'SIGINT');
  io.out(`Asked process ${lock.pid} to abort: it heals, tears down and ends.\n`);
}
