/** `elevenproof heal`: undoes what a run left broken. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { exitCodes, InputError, worstExitCode } from '../base/errors.ts';
import { plainText } from '../report/plain-text.ts';
import { quote } from '../report/repeat-command.ts';
import type { FindPlatform, HealReport } from '../run/heal.ts';
import { reportFailure } from './failure.ts';
import { asTyped } from './invocation.ts';
import type { Io } from './io.ts';
import type { Context } from './program.ts';
import type { RunLock } from './run-folder.ts';

/** Where runs lie unless they were told otherwise. */
const reportsFolder = 'reports';

interface RawOptions {
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Declares the command. */
export function declareHeal(program: Command, context: Context): void {
  program
    .command('heal [run-folder]')
    .summary('undo what a run left broken')
    .description('Undoes what a run that broke off left broken, and proves it. Harmless when repeated.')
    .option('--all', 'every run that broke off, right below the folder (default: reports)')
    .option('--json', 'print as JSON')
    .action(async (folder: string | undefined, raw: RawOptions) =>
      context.finish(
        raw.all === true
          ? await healAll(folder ?? reportsFolder, raw, context.io)
          : await healCommand(named(folder), raw.json === true, context.io),
      ),
    );
}

function named(folder: string | undefined): string {
  if (folder !== undefined) return folder;
  throw new InputError({ message: 'Expected the folder of a run, got none', hint: 'Or: elevenproof heal --all' });
}

/** Heals one after the other; one that cannot be healed does not keep the others from it. Runs that go on are left alone. */
async function healAll(parent: string, raw: RawOptions, io: Io): Promise<number> {
  const { runsBelow } = await import('./find-runs.ts');
  const { isAlive, readLock } = await import('./run-folder.ts');
  const codes: number[] = [];
  for (const folder of runsBelow(parent)) {
    const lock = await readLock(folder);
    if (lock !== undefined && isAlive(lock)) continue;
    if ((await standingPair(folder)) === undefined) continue;
    io.err(`${plainText(folder)}\n`);
    codes.push(await healCommand(folder, raw.json === true, io).catch((error) => reportFailure(error, io)));
  }
  if (codes.length === 0) io.out(`No run below ${plainText(parent)} was left broken off.\n`);
  return worstExitCode(codes);
}

/** Where what the run stood on is kept, as its handle says; undefined when nothing of it can be left outside this process. */
async function standingPair(folder: string): Promise<string | undefined> {
  if (!existsSync(join(folder, 'undo.jsonl'))) return undefined;
  const { readUndoJournal } = await import('../run/undo-journal.ts');
  const { gone, handle } = readUndoJournal(folder);
  return gone || typeof handle?.folder !== 'string' ? undefined : relative('.', handle.folder);
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
    const code = tell(await heal(folder, findPlatform, interrupts.signal), json, io);
    const left = json ? undefined : await standingPair(folder);
    if (left !== undefined)
      io.out(asTyped(`Its clusters still stand. Remove them: elevenproof down ${quote(left)}\n`, io.invocation));
    return code;
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

const findPlatform: FindPlatform = async (platform) =>
  (await import('../compose/attach.ts')).platformToAttach(platform);
