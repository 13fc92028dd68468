/** `elevenproof judge`: a stored run judged again, from its timeline alone. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { OperatingError } from '../base/errors.ts';
import type { RunEvent } from '../domain/event.ts';
import type { RunRecord } from '../domain/record.ts';
import { plainText } from '../report/plain-text.ts';
import { type Io, lookOf } from './io.ts';
import type { Context } from './program.ts';

interface RawOptions {
  readonly scenario?: string;
  readonly json?: boolean;
}

/** Declares the command. */
export function declareJudge(program: Command, context: Context): void {
  program
    .command('judge <run-folder>')
    .summary('judge a stored run again')
    .description('Judges the timeline of a run again, also one that broke off: what it leaves open is then unknown.')
    .option('--scenario <name|file>', 'the scenario to judge by (default: the one that ran, if its file is unchanged)')
    .option('--json', 'print as JSON')
    .action(async (folder: string, raw: RawOptions) => context.finish(await judgeCommand(folder, raw, context.io)));
}

async function judgeCommand(folder: string, raw: RawOptions, io: Io): Promise<number> {
  const { readTimeline } = await import('../run/read-timeline.ts');
  const { judge } = await import('../judge/judge.ts');
  const { loadScenario } = await import('../compose/catalogue.ts');
  const { storedScenario } = await import('./stored-scenario.ts');
  if (await goesOn(folder)) io.err('Note: the run goes on; judged as far as it is written.\n');
  const { events, torn } = readTimeline(join(folder, 'timeline.jsonl'));
  const record = await storedRecord(folder);
  const { scenario, sha256 } = await loadScenario(raw.scenario ?? (await storedScenario(folder, record, events)));
  const { verdicts, standing, exitCode } = judge(events, scenario);
  if (record !== undefined && record.scenario.sha256 !== sha256)
    io.err('Note: the scenario file is not the one that ran.\n');
  if (raw.json === true) {
    io.out(`${JSON.stringify({ scenario: scenario.name, torn, standing, verdicts, exitCode }, null, 2)}\n`);
    return exitCode;
  }
  const { sumLine, verdictLines } = await import('../report/console/summary.ts');
  const look = await lookOf(io);
  if (torn) io.out('The timeline breaks off: judged as far as it goes.\n\n');
  const times = record === undefined ? {} : { times: record.times };
  const lines = [...verdictLines(verdicts, look), '', sumLine({ verdicts, standing, ...times }, look.colours)];
  io.out(`${headOf(events)}\n\n${lines.join('\n')}\n`);
  return exitCode;
}

function headOf(events: readonly RunEvent[]): string {
  const started = events[0];
  if (started?.type !== 'run.started') return 'The timeline does not begin a run.';
  const { scenario, platform, seed, topology } = started;
  return [scenario, platform, `seed ${seed}`, topology].map(plainText).join(' · ');
}

/** Whether its process still runs. Throws an OperatingError when a run broke off before its first event, and an InputError when the folder does not exist. */
async function goesOn(folder: string): Promise<boolean> {
  const { isAlive, readLock } = await import('./run-folder.ts');
  const lock = await readLock(folder);
  if (lock !== undefined && !isBegun(join(folder, 'timeline.jsonl')))
    throw new OperatingError('The run broke off before its first event: there is nothing to judge', {
      hint: lock.repeat,
    });
  return lock !== undefined && isAlive(lock);
}

/** Whether a timeline holds one whole line at least. */
function isBegun(path: string): boolean {
  return existsSync(path) && (!statSync(path).isFile() || readFileSync(path).includes(lineBreak));
}
const lineBreak = 0x0a;

async function storedRecord(folder: string): Promise<RunRecord | undefined> {
  if (!existsSync(join(folder, 'record.json'))) return undefined;
  const { readRecord } = await import('../report/record.ts');
  return readRecord(folder);
}
