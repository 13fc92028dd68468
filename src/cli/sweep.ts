/** `elevenproof sweep`: one scenario over many seeds. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { exitCodes, worstExitCode } from '../base/errors.ts';
import { asTyped } from './invocation.ts';
import { type Io, lookOf } from './io.ts';
import type { Context } from './program.ts';
import {
  type CheckedRunOptions,
  checked,
  declareRunOptions,
  type RawRunOptions,
  readCount,
  readRunOptions,
  readSeed,
  seedAfter,
} from './run-options.ts';
import type { SeedResult } from './sweep-seed.ts';

interface RawOptions extends RawRunOptions {
  readonly seeds: string;
  readonly from: string;
  readonly metMin: string;
  readonly threads?: string;
  readonly json?: boolean;
}

interface Options {
  readonly run: CheckedRunOptions;
  readonly seeds: readonly string[];
  readonly metMin: number;
  readonly threads: number;
}

/** Declares the command. */
export function declareSweep(program: Command, context: Context): void {
  const command = program
    .command('sweep <scenario>')
    .summary('one scenario over many seeds')
    .description('Runs many seeds in worker threads and prints how every figure is distributed, and the worst seeds.')
    .option('--seeds <n>', 'how many', '200')
    .option('--from <hex>', 'the first seed; the others follow it', '1');
  declareRunOptions(command)
    .option('--met-min <ratio>', 'share of seeds that must be met, 0 to 1; exit 1 below', '1')
    .option('--threads <n>', 'worker threads (default: one per processor)')
    .option('--json', 'print as JSON')
    .action(async (name: string, raw: RawOptions) => context.finish(await sweepCommand(name, raw, context.io)));
}

function readOptions(raw: RawOptions): Options {
  return checked((problems) => {
    const count = readCount('--seeds', raw.seeds, 1_000_000, problems);
    const from = readSeed('--from', raw.from, problems);
    return {
      run: readRunOptions(raw, problems),
      seeds: Array.from({ length: count }, (_, i) => seedAfter(from, i)),
      metMin: readShare('--met-min', raw.metMin, problems),
      threads: raw.threads === undefined ? availableParallelism() : readCount('--threads', raw.threads, 256, problems),
    };
  });
}

function readShare(flag: string, text: string, problems: { add(problem: { message: string }): void }): number {
  const value = /^(0|1|0?\.\d+|1\.0+|0\.0*)$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  problems.add({ message: `Expected ${flag} to be a number of 0 to 1, got \`${text}\`` });
  return 1;
}

async function sweepCommand(name: string, raw: RawOptions, io: Io): Promise<number> {
  const options = readOptions(raw);
  const { loadScenario } = await import('../compose/catalogue.ts');
  const { prepare } = await import('../compose/prepare.ts');
  const { watchInterrupts } = await import('./interrupt.ts');
  const { sweepSeeds } = await import('./sweep-pool.ts');
  const { scenario, ...source } = await loadScenario(name);
  const interrupts = watchInterrupts(io);
  try {
    // Bad input shows here once, not once per seed.
    await prepare({ ...options.run, scenario, source, seed: options.seeds[0]!, signal: interrupts.signal });
    const job = { scenarioPath: source.path, options: options.run };
    const onDone = createProgress(io, options.seeds.length);
    const results = await sweepSeeds(job, options.seeds, {
      threads: options.threads,
      signal: interrupts.signal,
      onDone,
    });
    await printSweep(name, results, options, raw.json === true, io);
    return exitCodeOf(results, options.metMin, interrupts.signal.aborted);
  } finally {
    interrupts.stop();
  }
}

/** A counter on a terminal, nothing elsewhere. */
function createProgress(io: Io, total: number): (done: number) => void {
  if (io.columns === undefined) return () => undefined;
  return (done) => io.err(done === total ? '\r\u001b[K' : `\r${done} of ${total} seeds`);
}

function exitCodeOf(results: readonly SeedResult[], metMin: number, aborted: boolean): number {
  const met = results.filter((result) => result.standing === 'met').length;
  const worse = results.length > 0 && met / results.length < metMin;
  const broken = results.some((result) => result.error !== undefined);
  return worstExitCode([
    ...(aborted ? [exitCodes.aborted] : []),
    ...(worse ? [exitCodes.missed] : []),
    ...(broken ? [exitCodes.internal] : []),
    exitCodes.met,
  ]);
}

async function printSweep(
  name: string,
  results: readonly SeedResult[],
  options: Options,
  json: boolean,
  io: Io,
): Promise<void> {
  const { sweepReport, sweepLines } = await import('./sweep-report.ts');
  const report = sweepReport(name, results, options.run);
  if (json) io.out(`${JSON.stringify(report, null, 2)}\n`);
  else io.out(`${asTyped(sweepLines(report, await lookOf(io)).join('\n'), io.invocation)}\n`);
}
