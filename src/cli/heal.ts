/** `elevenproof heal`: undoes what a run left broken. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { exitCodes, InputError } from '../base/errors.ts';
import type { RunEvent } from '../domain/event.ts';
import { plainText } from '../report/plain-text.ts';
import { createBrokenFold } from './broken.ts';
import type { Io } from './io.ts';
import type { Context } from './program.ts';

/** Declares the command. */
export function declareHeal(program: Command, context: Context): void {
  program
    .command('heal <run-folder>')
    .summary('undo what a run left broken')
    .description('Undoes what a run that broke off left broken, and proves it. Harmless when repeated.')
    .action(async (folder: string) => context.finish(await healCommand(folder, context.io)));
}

async function healCommand(folder: string, io: Io): Promise<number> {
  const { isAlive, readLock } = await import('./run-folder.ts');
  const lock = await readLock(folder);
  if (lock !== undefined && isAlive(lock))
    throw new InputError({
      file: folder,
      message: 'Expected a run that has ended, found one that goes on',
      hint: `It heals when it ends. End it now: elevenproof abort ${folder}`,
    });
  const { readTimeline } = await import('../run/read-timeline.ts');
  const { events } = readTimeline(join(folder, 'timeline.jsonl'));
  const platform = platformOf(events, folder);
  if (platform !== 'simulated')
    throw new InputError({
      file: folder,
      message: `Expected a platform that this version can attach to, got \`${platform}\``,
    });
  io.out(simulatedText(events));
  return exitCodes.met;
}

function platformOf(events: readonly RunEvent[], folder: string): string {
  const started = events[0];
  if (started?.type === 'run.started') return started.platform;
  throw new InputError({
    file: folder,
    message: 'Expected a timeline that begins a run, got none',
    hint: 'Nothing was broken yet.',
  });
}

/** A simulated world lives in the memory of its process: when that ends, nothing is left that could be broken. */
function simulatedText(events: readonly RunEvent[]): string {
  const fold = createBrokenFold();
  for (const event of events) fold.take(event);
  const left =
    fold.names().length === 0
      ? 'It had undone everything.'
      : `Not undone by then: ${plainText(fold.names().join(', '))}.`;
  return `Nothing to heal: the simulated world of this run ended with its process. ${left}\n`;
}
