/** `elevenproof diff`: two runs figure by figure, and a gate. */
import type { Command } from 'commander';
import { exitCodes, InputError } from '../base/errors.ts';
import type { RunRecord } from '../domain/record.ts';
import type { FigureChange, RecordDiff } from '../report/diff.ts';
import { plainText } from '../report/plain-text.ts';
import { type Io, type Look, lookOf } from './io.ts';
import type { Context } from './program.ts';
import { checked, readNumber } from './run-options.ts';

interface RawOptions {
  readonly failRatio: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Declares the command. */
export function declareDiff(program: Command, context: Context): void {
  program
    .command('diff <before> <now>')
    .summary('compare two runs; fails when a figure got worse')
    .description(
      'Compares two run folders or record files, the baseline first, or two folders of several runs, scenario by scenario. Exit 1 when a figure or a standing got worse.',
    )
    .option('--fail-ratio <times>', 'how many times worse a figure may be', '1.2')
    .option('--force', 'compare unlike runs (scenario, platform, scale, topology, load, faults)')
    .option('--json', 'print as JSON')
    .action(async (before: string, now: string, raw: RawOptions) =>
      context.finish(await diffCommand(before, now, raw, context.io)),
    );
}

async function diffCommand(beforePath: string, nowPath: string, raw: RawOptions, io: Io): Promise<number> {
  const failRatio = checked((problems) => readNumber('--fail-ratio', raw.failRatio, 'a number above 0', problems));
  const { diffRecords, differences, unlikeness } = await import('../report/diff.ts');
  const { readPairs } = await import('./record-pairs.ts');
  const { several, pairs, gone, added } = await readPairs(beforePath, nowPath);
  const compared = pairs.map(({ before, now }) => ({
    before,
    now,
    unlike: unlikeness(before, now),
    diff: diffRecords(before, now, failRatio),
  }));
  if (raw.force !== true) refuseUnlike(compared.flatMap((each) => each.unlike));
  const worse = gone.length > 0 || compared.some((each) => each.diff.worse);
  const code = worse ? exitCodes.missed : exitCodes.met;
  if (raw.json === true) {
    const list = compared.map(({ now, unlike, diff }) => ({ scenario: now.scenario.name, failRatio, unlike, ...diff }));
    io.out(`${JSON.stringify(several ? { worse, gone, added, runs: list } : list[0], null, 2)}\n`);
    return code;
  }
  const look = await lookOf(io);
  for (const { before, now, unlike, diff } of compared) {
    const notes = [...unlike, ...differences(before, now)];
    if (several) io.out(`${look.colours.strong(plainText(now.scenario.name))}\n`);
    if (notes.length > 0) io.err(`Note: ${plainText(notes.join('; '))}\n`);
    io.out(`${(await diffLines(diff, failRatio, look)).join('\n')}\n${several ? '\n' : ''}`);
  }
  if (several) io.out(`${plainText(sumOf(compared, gone, added))}\n`);
  return code;
}

function refuseUnlike(unlike: readonly string[]): void {
  if (unlike.length === 0) return;
  throw new InputError(
    unlike.map((what) => ({ message: `Expected two runs of a kind, got ${what}`, hint: 'Compare anyway: --force' })),
  );
}

function sumOf(
  compared: readonly { readonly now: RunRecord; readonly diff: RecordDiff }[],
  gone: readonly string[],
  added: readonly string[],
): string {
  const worse = compared.filter((each) => each.diff.worse).map((each) => each.now.scenario.name);
  return [
    `${compared.length - worse.length} of ${compared.length} runs no worse`,
    ...(worse.length > 0 ? [`worse: ${worse.join(', ')}`] : []),
    ...(gone.length > 0 ? [`gone: ${gone.join(', ')}`] : []),
    ...(added.length > 0 ? [`new: ${added.join(', ')}`] : []),
  ].join(' · ');
}

async function diffLines(diff: RecordDiff, failRatio: number, look: Look): Promise<readonly string[]> {
  const { tableLines } = await import('../report/console/table.ts');
  const { figureText } = await import('../report/figures.ts');
  const shown = (name: string, value: number | undefined) => (value === undefined ? '–' : figureText(name, value));
  const tone = (worse: boolean) => (text: string) => look.colours.tone(worse ? 'bad' : 'plain', text);
  const rows = diff.figures.map((each) => ({
    cells: [
      `${each.worse ? '✗' : ' '} ${plainText(each.objective)}`,
      plainText(each.name),
      shown(each.name, each.before),
      shown(each.name, each.now),
      changeText(each),
    ],
    paint: tone(each.worse),
  }));
  const standings = diff.standings.map((each) => {
    const text = `${each.worse ? '✗' : ' '} ${plainText(each.objective)}: ${each.before ?? 'new'} → ${each.now ?? 'gone'}`;
    return tone(each.worse)(text);
  });
  const head = { cells: ['  Objective', 'Figure', 'Before', 'Now', ''], paint: look.colours.strong };
  const worse = [...diff.figures, ...diff.standings].filter((each) => each.worse).length;
  const sum = worse === 0 ? `No figure is more than ${failRatio} times worse.` : `WORSE: ${worse}`;
  return [...tableLines([head, ...rows], undefined), ...standings, '', tone(worse > 0)(sum)];
}

function changeText(change: FigureChange): string {
  if (change.before === undefined) return 'new';
  if (change.now === undefined) return 'gone';
  if (change.timesWorse === undefined) return '';
  if (change.timesWorse === 1) return 'same';
  if (change.timesWorse === Number.POSITIVE_INFINITY) return 'worse, was nothing';
  if (change.timesWorse <= 0) return 'better, is nothing now';
  return change.timesWorse > 1
    ? `${change.timesWorse.toFixed(2)} times worse`
    : `${(1 / change.timesWorse).toFixed(2)} times better`;
}
