/** `elevenproof agree`: whether the simulator says what real clusters do. */
import type { Command } from 'commander';
import { exitCodes, InputError, type ProblemList, worstExitCode } from '../base/errors.ts';
import type { RunRecord } from '../domain/record.ts';
import type { Agreement } from '../report/agree/agreement.ts';
import { type Io, lookOf } from './io.ts';
import type { Context } from './program.ts';
import { checked, collect, declareRunOptions, type RawRunOptions, readCount, readNumber } from './run-options.ts';

/** As commander gives them. */
export interface RawAgreeOptions extends RawRunOptions {
  readonly with: readonly string[];
  readonly within?: string;
  readonly run?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Sides by what stands in a record. */
interface Sides {
  readonly model: readonly RunRecord[];
  readonly real: readonly RunRecord[];
}

/** The platform whose word is held against the others'. */
const modelName = 'simulated';
/** Painted as far off when no gate says how far that is: the aim of the project. */
const aimRatio = 0.2;

/** Declares the command. */
export function declareAgree(program: Command, context: Context): void {
  const command = program
    .command('agree <records...>')
    .summary('compare simulated runs with real ones')
    .description(
      'Compares runs of the same scenario, seed, scale and calibration on the simulator and on real clusters, figure by figure. Takes run folders, records, or folders of both kinds; with --run scenarios, which it plays on both.',
    )
    .option('--with <record>', 'a real run, or a folder of such (repeatable)', collect, [])
    .option('--within <percent>', 'exit 1 when the median error is above')
    .option('--run <n>', 'play each scenario on n seeds, simulated and real (see --platform), and compare these')
    .option('--seed <hex>', 'with --run: the first seed', '1');
  declareRunOptions(command)
    .option('--out <folder>', 'with --run: where the runs are written (default: reports/<run-id>)')
    .option('--json', 'print as JSON')
    .action(async (paths: string[], raw: RawAgreeOptions) =>
      context.finish(await agreeCommand(paths, raw, context.io)),
    );
}

async function agreeCommand(paths: readonly string[], raw: RawAgreeOptions, io: Io): Promise<number> {
  const { withinRatio, runs } = checked((problems) => readOptions(raw, problems));
  const { model, real, codes } =
    runs === undefined ? { ...(await readSides(paths, raw.with)), codes: [] } : await playSides(paths, runs, raw, io);
  const { agreementOf, isWorseThan } = await import('../report/agree/agreement.ts');
  const agreement = agreementOf(model, real);
  refuseNothing(agreement, { model, real }, codes);
  await print(agreement, withinRatio, raw.json === true, io);
  const worse = withinRatio !== undefined && isWorseThan(agreement, withinRatio);
  return worstExitCode([...codes, worse ? exitCodes.missed : exitCodes.met]);
}

function readOptions(raw: RawAgreeOptions, problems: ProblemList) {
  if (raw.run !== undefined && raw.with.length > 0)
    problems.add({ message: 'Expected --run or --with, got both', hint: '--run plays the pairs, --with names them.' });
  const percentMax = 1_000_000;
  const within = raw.within;
  return {
    withinRatio:
      within === undefined
        ? undefined
        : readNumber('--within', within, 'a number of percent above 0', problems, percentMax) / 100,
    runs: raw.run === undefined ? undefined : readCount('--run', raw.run, 100, problems),
  };
}

/** With --with the first paths are the simulated side, and what is found is checked against that; without, every record says itself what it is. */
async function readSides(paths: readonly string[], real: readonly string[]): Promise<Sides> {
  const { readRecords } = await import('./records-below.ts');
  const isModel = ({ platform }: RunRecord) => platform.name === modelName;
  const first = await readRecords(paths);
  if (real.length === 0) return { model: first.filter(isModel), real: first.filter((record) => !isModel(record)) };
  const second = await readRecords(real);
  const strays = [...first.filter((record) => !isModel(record)), ...second.filter(isModel)];
  if (strays.length === 0) return { model: first, real: second };
  throw new InputError(
    strays.map(({ runId, platform }) => ({
      message: `Expected simulated runs first and real ones after --with, got ${runId} of platform ${platform.name}`,
      hint: 'Without --with, records are sorted by their platform.',
    })),
  );
}

async function playSides(names: readonly string[], runs: number, raw: RawAgreeOptions, io: Io) {
  const { playPairs } = await import('./agree-play.ts');
  return playPairs(names, runs, modelName, raw, io);
}

function refuseNothing({ scenarios, unpaired }: Agreement, { model, real }: Sides, codes: readonly number[]): void {
  if (scenarios.length > 0 || codes.length > 0) return;
  const why = unpaired.map((each) => ({ message: `No counterpart of ${each.runId}: ${each.because}` }));
  throw new InputError([
    {
      message: `Expected runs of both kinds that pair, got ${model.length} simulated and ${real.length} real without a pair`,
      hint: 'A pair has the same scenario, seed, scale, topology and calibration.',
    },
    ...why.slice(0, namedMax),
  ]);
}

/** Enough to see what is wrong with all. */
const namedMax = 10;

async function print(agreement: Agreement, withinRatio: number | undefined, json: boolean, io: Io): Promise<void> {
  if (json)
    return io.out(
      `${JSON.stringify({ ...(withinRatio === undefined ? {} : { withinRatio }), ...agreement }, null, 2)}\n`,
    );
  const { agreementLines } = await import('../report/console/agreement.ts');
  const { colours } = await lookOf(io);
  io.out(`${agreementLines(agreement, { colours, withinRatio: withinRatio ?? aimRatio }).join('\n')}\n`);
}
