/** One run on the console, from its header to its verdicts. Apart from the command because one command may play many. */
import { basename, dirname, join, relative, resolve } from 'node:path';
import { exitCodes, InputError } from '../base/errors.ts';
import type { RunRecord } from '../domain/record.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { StoryDefinition } from '../domain/story.ts';
import { createConsoleReporter, guarded, headerLines } from '../report/console/reporter.ts';
import { summaryLines } from '../report/console/summary.ts';
import { writeReports } from '../report/files.ts';
import { plainText } from '../report/plain-text.ts';
import { quote, repeatCommand } from '../report/repeat-command.ts';
import { runIdOf } from '../report/run-id.ts';
import type { Interrupts } from './interrupt.ts';
import { asTyped } from './invocation.ts';
import type { Io, Look } from './io.ts';
import type { RealOptions } from './real-options.ts';
import { type ClaimedFolder, claimRunFolder } from './run-folder.ts';
import type { CheckedRunOptions } from './run-options.ts';
import { watchStrayErrors } from './stray-errors.ts';

/** One run to play. */
export interface Play {
  /** As it was typed: a name or a path. */
  readonly name: string;
  readonly scenario: Scenario;
  readonly source: { readonly path: string; readonly sha256: string };
  readonly seed: string;
  readonly options: CheckedRunOptions & RealOptions;
  /** Absent: `reports/<run-id>`. */
  readonly folder?: string;
}

/** What a play needs around it. */
export interface Stage {
  readonly io: Io;
  readonly look: Look;
  readonly interrupts: Interrupts;
  /** Where the table of verdicts goes: results, or progress when the results are JSON. */
  readonly results: (text: string) => void;
}

/** Plays one run, writes its reports and prints its end. Throws what the run throws; the folder is then left as it was found if nothing was written. */
export async function play(run: Play, stage: Stage): Promise<RunRecord> {
  const { look, io } = stage;
  const repeat = repeatCommand({ ...run.options, scenario: run.name, seed: run.seed });
  io.err(`${headerLines(headOf(run), look.colours).join('\n')}\n`);
  const folder = await claim(run, repeat);
  stage.interrupts.begin(folder.path);
  try {
    const record = await perform(run, folder.path, repeat, stage);
    await writeReports(folder.path, record, (problem) => io.err(`${plainText(problem)}\n`));
    const recordPath = shortest(join(folder.path, 'record.json'));
    const typed = (text: string) => asTyped(text, io.invocation);
    stage.results(`${typed(summaryLines(record, { ...look, recordPath }).join('\n'))}\n\n`);
    if (record.exitCode === exitCodes.unreverted)
      io.err(typed(`Heal    elevenproof heal ${quote(shortest(folder.path))}\n`));
    return record;
  } finally {
    await folder.release();
  }
}

/** A path as one would type it from here. */
function shortest(path: string): string {
  const near = relative('.', path) || '.';
  return near.startsWith('..') ? resolve(path) : near;
}

/** What a topology is called before it is read: the name of its folder. */
function topologyName(path: string): string {
  const full = resolve(path);
  return basename(/\.ya?ml$/.test(full) ? dirname(full) : full);
}

function headOf(run: Play) {
  const { name, title } = run.scenario;
  const topology = topologyName(run.options.topology ?? run.scenario.topology);
  return { scenario: name, platform: run.options.platform, seed: run.seed, topology, title };
}

async function perform(run: Play, folder: string, repeat: string, stage: Stage): Promise<RunRecord> {
  const { runScenario } = await import('../compose/run-scenario.ts');
  const reporter = guarded(
    createConsoleReporter({ ...stage.look, write: stage.io.err, labelWidth: labelWidth(run.scenario.story) }),
    (error) => stage.io.err(`The console broke and stays silent until the end: ${plainText(String(error))}\n`),
  );
  const strays = watchStrayErrors(stage.io);
  const result = await runScenario({
    ...run.options,
    scenario: run.scenario,
    source: run.source,
    seed: run.seed,
    out: folder,
    runId: run.folder === undefined ? basename(folder) : runIdOf(new Date(), run.scenario.name, run.seed),
    repeat,
    signal: AbortSignal.any([stage.interrupts.signal, strays.signal]),
    onEvent: (event) => {
      stage.interrupts.take(event);
      reporter.take(event);
    },
    onStep: (text) => stage.io.err(`${' '.repeat(11)}· ${plainText(text)}\n`),
  }).finally(strays.stop);
  reporter.end();
  stage.io.err('\n');
  return result.record;
}

const labelWidthMin = 11;
const labelWidthMax = 28;

function labelWidth(story: StoryDefinition): number {
  const longest = Math.max(labelWidthMin, ...stateNames(story).map((name) => name.length));
  return Math.min(longest, labelWidthMax);
}

function stateNames(story: StoryDefinition): readonly string[] {
  return Object.entries(story.states).flatMap(([name, state]) => {
    const inner = state.states === undefined ? [] : [{ initial: '', states: state.states }];
    return [name, ...[...inner, ...Object.values(state.regions ?? {})].flatMap(stateNames)];
  });
}

const namesTried = 100;

/** Claims the folder that was asked for, or one of its own under `reports/`: two runs of one second get a number behind. */
async function claim(run: Play, repeat: string): Promise<ClaimedFolder> {
  const about = { scenarioPath: run.source.path, scenarioSha256: run.source.sha256, repeat };
  if (run.folder !== undefined) return claimRunFolder(run.folder, about);
  const path = join('reports', runIdOf(new Date(), run.scenario.name, run.seed));
  for (let i = 1; ; i++) {
    try {
      return await claimRunFolder(i === 1 ? path : `${path}-${i}`, about);
    } catch (error) {
      if (!(error instanceof InputError) || i === namesTried || !error.message.includes('without a run')) throw error;
    }
  }
}
