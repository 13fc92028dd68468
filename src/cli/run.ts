/** `elevenproof run`: one, several or all scenarios, once or several times. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import { exitCodes, type ProblemList, worstExitCode } from '../base/errors.ts';
import type { RunRecord } from '../domain/record.ts';
import type { NotBegun } from '../report/junit.ts';
import { reportFailure } from './failure.ts';
import { type Io, lookOf } from './io.ts';
import type { Play, Stage } from './play.ts';
import type { Context } from './program.ts';
import { declareRealOptions, type RawRealOptions, type RealOptions, readRealOptions } from './real-options.ts';
import {
  type CheckedRunOptions,
  checked,
  declareRunOptions,
  loadScenarios,
  type RawRunOptions,
  readCount,
  readRunOptions,
  readSeed,
  seedAfter,
} from './run-options.ts';
import { checkResultPath, writeResult } from './write-result.ts';

interface RawOptions extends RawRunOptions, RawRealOptions {
  readonly out?: string;
  readonly repeat: string;
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly junit?: string;
}

interface Options extends CheckedRunOptions, RealOptions {
  readonly seed: string;
  readonly repeat: number;
}

/** Declares the command. */
export function declareRun(program: Command, context: Context): void {
  const command = program
    .command('run <scenario...>')
    .summary('play scenarios and judge them')
    .description('Plays scenarios (names of `elevenproof list`, files, or `all`) and gives a verdict per objective.')
    .option('--seed <hex>', 'seed of every random stream, 1 to 16 hexadecimal digits (default: drawn and printed)');
  declareRealOptions(declareRunOptions(command))
    .option('--out <folder>', 'where the run is written (default: reports/<run-id>)')
    .option('--repeat <n>', 'play each n times, on this seed and those after it, and print the spread', '1')
    .option('--junit <file>', 'also write one JUnit XML over all runs')
    .option('--json', 'print the record as JSON; several as a list')
    .option('--plain', 'no colours, no wrapping')
    .action(async (names: string[], raw: RawOptions) => context.finish(await runCommand(names, raw, context.io)));
}

async function runCommand(names: readonly string[], raw: RawOptions, io: Io): Promise<number> {
  const options = checked<Options>((problems) => ({
    ...readRunOptions(raw, problems),
    ...readRealOptions(raw, raw.platform, problems),
    seed: readSeed('--seed', raw.seed ?? randomBytes(4).toString('hex'), problems),
    repeat: readCount('--repeat', raw.repeat, 10_000, problems),
    ...checkPaths(raw, problems),
  }));
  const plays = await planPlays(names, raw, options).catch((error) => refuseAll(error, names, raw, io));
  const look = await lookOf(io, raw.plain);
  const { watchInterrupts } = await import('./interrupt.ts');
  const interrupts = watchInterrupts(io);
  try {
    const stage: Stage = { io, look, interrupts, results: raw.json ? io.err : io.out };
    const { records, codes, notBegun } = await playAll(plays, stage);
    const left = plays.length - codes.length;
    await printTogether(records, { failed: codes.length - records.length, left }, raw, options, stage);
    await writeJunit(raw, records, notBegun);
    return worstExitCode(left > 0 ? [...codes, exitCodes.aborted] : codes);
  } finally {
    interrupts.stop();
  }
}

/** An empty name, as from a variable of a shell that is not set, would mean this very folder. */
function checkPaths({ out, junit }: RawOptions, problems: ProblemList): object {
  if (out !== undefined && out.trim() === '')
    problems.add({ message: 'Expected --out to name a folder, got nothing', hint: 'For this very folder: --out .' });
  for (const problem of checkResultPath('--junit', junit)) problems.add(problem);
  return {};
}

async function planPlays(names: readonly string[], raw: RawOptions, options: Options): Promise<readonly Play[]> {
  const { seed, repeat, ...shared } = options;
  const loaded = await loadScenarios(names);
  const several = loaded.length * repeat > 1;
  return loaded.flatMap(({ name, scenario, path, sha256 }) =>
    Array.from({ length: repeat }, (_, i) => {
      const own = seedAfter(seed, i);
      const folder = raw.out === undefined || !several ? raw.out : join(raw.out, `${scenario.name}-${own}`);
      const play: Play = { name, scenario, source: { path, sha256 }, seed: own, options: shared };
      return folder === undefined ? play : { ...play, folder };
    }),
  );
}

/** What came of all plays. Each has a code but those that an interrupt kept from beginning. */
interface Played {
  readonly records: readonly RunRecord[];
  readonly codes: readonly number[];
  readonly notBegun: readonly NotBegun[];
}

/** Plays one after the other; one that fails is told and does not keep the others from playing, an interrupt does. */
async function playAll(plays: readonly Play[], stage: Stage): Promise<Played> {
  const { play } = await import('./play.ts');
  const records: RunRecord[] = [];
  const codes: number[] = [];
  const notBegun: NotBegun[] = [];
  const skip = ({ scenario, seed }: Play, because: string) =>
    notBegun.push({ scenario: scenario.name, seed, at: new Date().toISOString(), because });
  for (const run of plays) {
    if (stage.interrupts.signal.aborted) {
      skip(run, 'not begun: interrupted before');
      continue;
    }
    try {
      const record = await play(run, stage);
      records.push(record);
      codes.push(record.exitCode);
    } catch (error) {
      let because = '';
      const err = (text: string) => {
        because += text;
        stage.io.err(text);
      };
      codes.push(reportFailure(error, { ...stage.io, err }));
      skip(run, because);
    }
  }
  return { records, codes, notBegun };
}

/** A batch of which one scenario does not load is refused as a whole: none begins, and a JUnit file says so of each. Throws the error. */
async function refuseAll(error: unknown, names: readonly string[], raw: RawOptions, io: Io): Promise<never> {
  let because = '';
  reportFailure(error, {
    ...io,
    err: (text) => {
      because += text;
    },
  });
  const at = new Date().toISOString();
  const notBegun = [...new Set(names)].map((scenario) => ({ scenario, at, because }));
  await writeJunit(raw, [], notBegun).catch((unwritten) => reportFailure(unwritten, io));
  throw error;
}

async function writeJunit(
  raw: RawOptions,
  records: readonly RunRecord[],
  notBegun: readonly NotBegun[],
): Promise<void> {
  if (raw.junit === undefined) return;
  const { junitXml } = await import('../report/junit.ts');
  await writeResult(raw.junit, await junitXml(records, notBegun));
}

async function printTogether(
  records: readonly RunRecord[],
  without: { readonly failed: number; readonly left: number },
  raw: RawOptions,
  options: Options,
  stage: Stage,
): Promise<void> {
  if (options.repeat > 1) {
    const { spreadLines } = await import('../report/console/spread.ts');
    stage.results(`${spreadLines(records, stage.look).join('\n')}\n`);
  }
  if (records.length + without.failed + without.left > 1) {
    const { overviewLines } = await import('../report/console/overview.ts');
    stage.results(`${overviewLines(records, without, stage.look).join('\n')}\n`);
  }
  if (raw.json === true) {
    const single = records.length === 1 && options.repeat === 1;
    stage.io.out(`${JSON.stringify(single ? records[0] : records, null, 2)}\n`);
  }
}
