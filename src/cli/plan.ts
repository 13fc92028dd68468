/** `elevenproof plan`: what `run` would do, with nothing done. */
import type { Command } from 'commander';
import { type Io, lookOf } from './io.ts';
import type { Context } from './program.ts';
import { checked, declareRunOptions, type RawRunOptions, readRunOptions } from './run-options.ts';

interface RawOptions extends RawRunOptions {
  readonly json?: boolean;
}

/** Declares the command. */
export function declarePlan(program: Command, context: Context): void {
  const command = program
    .command('plan <scenario>')
    .summary('what run would do')
    .description('Reads and checks everything that a run would, and says what it would do. Touches nothing.');
  declareRunOptions(command)
    .option('--json', 'print as JSON')
    .action((name: string, raw: RawOptions) => planCommand(name, raw, context.io));
}

async function planCommand(name: string, raw: RawOptions, io: Io): Promise<void> {
  const options = checked((problems) => readRunOptions(raw, problems));
  const { loadScenario } = await import('../compose/catalogue.ts');
  const { prepare } = await import('../compose/prepare.ts');
  const { planData, planLines } = await import('./plan-lines.ts');
  const { scenario, ...source } = await loadScenario(name);
  // No figure of a plan depends on the seed: words such as `one` are resolved when the run gets there.
  const prepared = await prepare({ ...options, scenario, source, seed: '0', signal: new AbortController().signal });
  const { topology, plan, sets } = prepared;
  const planned = { scenario, topology, plan, sets, options };
  if (raw.json === true) io.out(`${JSON.stringify(planData(planned), null, 2)}\n`);
  else io.out(`${planLines(planned, await lookOf(io)).join('\n')}\n`);
}
