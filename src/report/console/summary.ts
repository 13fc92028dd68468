/** The end of a run on the console: a table of verdicts, the sum, where the record is, how to repeat. Made from the record alone, so that a stored run reads the same. */

import { formatDuration } from '../../base/format.ts';
import type { Standing, Verdict } from '../../domain/objective.ts';
import type { RunRecord } from '../../domain/record.ts';
import { plainText } from '../plain-text.ts';
import type { Colours } from './colours.ts';
import { tableLines } from './table.ts';

/** How much room there is, and where the record lies. */
export interface SummaryOptions {
  readonly colours: Colours;
  /** Characters a line may have; absent: any. */
  readonly width?: number;
  /** Path of record.json as the reader would type it; absent: nothing was written. */
  readonly recordPath?: string;
}

/** The lines of the end, without a final empty one. */
export function summaryLines(record: RunRecord, options: SummaryOptions): readonly string[] {
  return [
    ...verdictLines(record.verdicts, options),
    '',
    ...warningLines(record, options),
    ...closingLines(record, options),
  ];
}

/** The mark of each standing, readable without colour. */
export const marks: Readonly<Record<Standing, string>> = { met: '✓', missed: '✗', unknown: '?' };
const indent = '   ';

/** The table of verdicts: expected, received, because. */
export function verdictLines(verdicts: readonly Verdict[], options: SummaryOptions): readonly string[] {
  const rows = verdicts.map((verdict) => ({
    cells: [
      `${marks[verdict.standing]} ${plainText(verdict.objective)}`,
      plainText(verdict.expected),
      plainText(verdict.received),
      plainText(verdict.because),
    ],
    paint: (text: string) => options.colours.standing(verdict.standing, text),
  }));
  const head = { cells: ['Objective', 'Expected', 'Received', ''], paint: options.colours.strong };
  const width = options.width === undefined ? undefined : options.width - indent.length;
  return tableLines([head, ...rows], width).map((line) => indent + line);
}

function warningLines(record: RunRecord, options: SummaryOptions): readonly string[] {
  const ended = record.how === 'complete' ? [] : [`${howTexts[record.how]}${because(record)}`];
  const left = record.unreverted.map((each) => `Left unreverted: ${each.fault} (${each.missing.join(', ')})`);
  return [...ended, ...left].map((line) => options.colours.tone('bad', plainText(line)));
}

const howTexts = {
  aborted: 'The run was aborted',
  failed: 'The run failed',
  torn: 'The timeline breaks off: the run was killed or lost its machine',
} as const;

function because(record: RunRecord): string {
  return record.because === undefined || record.because === '' ? '' : `: ${record.because}`;
}

function closingLines(record: RunRecord, options: SummaryOptions): readonly string[] {
  const repeat = `Repeat  ${plainText(record.repeat)}`;
  return options.recordPath === undefined
    ? [sumLine(record, options.colours), repeat]
    : [sumLine(record, options.colours), `Record  ${plainText(options.recordPath)}`, repeat];
}

/** What the sum is made of: a record, or a judgement of a timeline that has none. */
export type Summed = Pick<RunRecord, 'verdicts' | 'standing'> & Partial<Pick<RunRecord, 'times' | 'errorBudgets'>>;

/** `MET 5 of 5 · error budget used 0.0 % · 9 min 12 s of platform time in 0.4 s`, `MISSED 1 of 5 · 4 met · …`: the number behind the word counts what the word says. */
export function sumLine(record: Summed, colours: Colours): string {
  const count = (standing: Standing) => record.verdicts.filter((verdict) => verdict.standing === standing).length;
  const word = colours.standing(record.standing, colours.strong(record.standing.toUpperCase()));
  const others = standings.filter((standing) => standing !== record.standing && count(standing) > 0);
  return [
    `${word} ${count(record.standing)} of ${record.verdicts.length}`,
    ...others.map((standing) => `${count(standing)} ${standing}`),
    budgetText(record),
    timesText(record.times),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

const standings: readonly Standing[] = ['missed', 'unknown', 'met'];

function timesText(times: RunRecord['times'] | undefined): string {
  if (times === undefined) return '';
  return `${formatDuration(times.platformMs)} of platform time in ${formatDuration(times.wallMs)}`;
}

function budgetText({ errorBudgets = {} }: Summed): string {
  const shares = Object.values(errorBudgets).map((budget) => budget.shareOfBudgetRatio);
  return shares.length === 0 ? '' : `error budget used ${(Math.max(...shares) * 100).toFixed(2)} % of 30 days`;
}
