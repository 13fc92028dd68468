/** `elevenproof heal`: undoes what a run left broken. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { exitCodes, InputError } from '../base/errors.ts';
import { plainText } from '../report/plain-text.ts';
import type { FindPlatform, HealReport } from '../run/heal.ts';
import type { Io } from './io.ts';
import type { Context } from './program.ts';
import type { RunLock } from './run-folder.ts';

/** Declares the command. */
export function declareHeal(program: Command, context: Context): void {
  program
    .command('heal <run-folder>')
    .summary('undo what a run left broken')
    .description('Undoes what a run that broke off left broken, and proves it. Harmless when repeated.')
    .option('--json', 'print as JSON')
    .action(async (folder: string, raw: { readonly json?: boolean }) =>
      context.finish(await healCommand(folder, raw.json === true, context.io)),
    );
}

async function healCommand(folder: string, json: boolean, io: Io): Promise<number> {
  const lock = await endedLock(folder);
  if (lock !== undefined && !existsSync(join(folder, 'undo.jsonl'))) {
    const text = 'Nothing to heal: the run broke off before it touched anything.';
    return tell({ text, healed: [], unreverted: [], exitCode: exitCodes.met }, json, io);
  }
  const { heal } = await import('../run/heal.ts');
  const { watchInterrupts } = await import('./interrupt.ts');
  const interrupts = watchInterrupts(io);
  try {
    interrupts.begin(folder);
    return tell(await heal(folder, findPlatform, interrupts.signal), json, io);
  } finally {
    interrupts.stop();
  }
}

function tell(report: HealReport, json: boolean, io: Io): number {
  const left = report.unreverted.map((each) => `Left unreverted: ${each.fault} (${each.missing.join(', ')})`);
  if (json) io.out(`${JSON.stringify(report, null, 2)}\n`);
  else for (const line of [report.text, ...left]) io.out(`${plainText(line)}\n`);
  return report.exitCode;
}

/** The lock that a run left when it broke off, if any. Throws an InputError when the run goes on. */
async function endedLock(folder: string): Promise<RunLock | undefined> {
  const { isAlive, readLock } = await import('./run-folder.ts');
  const lock = await readLock(folder);
  if (lock === undefined || !isAlive(lock)) return lock;
  throw new InputError({
    file: folder,
    message: 'Expected a run that has ended, found one that goes on',
    hint: `It heals when it ends. End it now: elevenproof abort ${folder}`,
  });
}

/** A simulated world lives in the memory of its process; of other platforms this version knows none to attach to. */
const findPlatform: FindPlatform = async (platform) => {
  if (platform === 'simulated') return 'ended-with-process';
  throw new InputError({ message: `Expected a platform that this version can attach to, got \`${platform}\`` });
};
