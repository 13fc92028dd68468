/** Reads a load from a CSV of the user's own. Apart because its errors speak of lines and columns of a file. */
import { strangeOptions } from '../../base/argument-check.ts';
import { createProblemList, type ProblemList } from '../../base/errors.ts';
import { refuse } from '../../base/refusals.ts';
import { type ChannelLoad, harmlessLoad, type Load } from '../load.ts';

/** How a CSV becomes a load. */
export interface CsvOptions {
  /** For messages and the record, such as `shop.csv`. */
  readonly file?: string;
  /** Business service; absent: the topology's only one. */
  readonly service?: string;
  /** All times are divided by this (> 0). */
  readonly compress?: number;
}

interface Row {
  readonly line: number;
  readonly second: number;
  readonly rates: readonly number[];
}

/**
 * A load from CSV text: the first column is seconds since the start (ascending; twice the same makes a step), each further column the requests per second of one
 * channel. A first line of names is optional (`second,shoppers,partner`); without it there is one channel, `shoppers`. Empty lines and lines that start with `#`
 * are skipped. Base and peak are the lowest and highest rate of the column. Throws an InputError with every wrong line.
 */
export function csvProfile(text: string, options: CsvOptions = {}): Load {
  const problems = createProblemList();
  if (typeof text !== 'string')
    problems.add({
      message: `Expected the text of a CSV, got ${typeof text}`,
      hint: "Read it as text: readFileSync(path, 'utf8').",
    });
  if (refuse(problems.problems)) return harmlessLoad;
  for (const strange of strangeOptions('Load `csv`', options, ['file', 'service', 'compress'])) problems.add(strange);
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .map((line, i) => ({ line: i + 1, cells: line.split(',').map((cell) => cell.trim()) }));
  const kept = lines.filter(({ cells }) => cells.join('') !== '' && !cells[0]!.startsWith('#'));
  const names = headerNames(kept[0]?.cells, options, problems);
  const rows = (names.given ? kept.slice(1) : kept).map((line) =>
    readRow(line, names.channels.length, options, problems),
  );
  if (rows.length === 0)
    problems.add({ ...at(options, undefined), message: 'Expected at least one line of `second,rate`, got none' });
  checkAscending(rows, options, problems);
  const compress = options.compress ?? 1;
  if (!(compress > 0)) problems.add({ message: `Expected \`compress\` to be a positive factor, got \`${compress}\`` });
  if (refuse(problems.problems)) return harmlessLoad;
  const first = rows[0]!.second;
  const channel = (index: number) =>
    channelOf(
      rows.map((row) => [(row.second - first) / compress, row.rates[index]!] as const),
      options,
    );
  const channels = Object.fromEntries(names.channels.map((name, i) => [name, channel(i)]));
  return options.service === undefined ? { channels } : { service: options.service, channels };
}

function channelOf(points: readonly (readonly [number, number])[], options: CsvOptions): ChannelLoad {
  const rates = points.map(([, rate]) => rate);
  const rateRpsBase = rates.reduce((least, rate) => Math.min(least, rate));
  const rateRpsPeak = rates.reduce((most, rate) => Math.max(most, rate));
  const level = (rate: number) =>
    rateRpsPeak === rateRpsBase ? 0 : (rate - rateRpsBase) / (rateRpsPeak - rateRpsBase);
  const profile = {
    name: options.file === undefined ? 'csv' : `csv ${options.file}`,
    source: "the user's own file",
    points: points.map(([second, rate]) => [second, level(rate)] as const),
  };
  return { profile, rateRpsBase, rateRpsPeak };
}

/** Channel names: of the header when the first cell is not a number, else `shoppers`. */
function headerNames(cells: readonly string[] | undefined, options: CsvOptions, problems: ProblemList) {
  if (cells === undefined || isNumber(cells[0]!)) return { given: false, channels: ['shoppers'] };
  const channels = cells.slice(1);
  const bad = channels.filter((name, i) => name === '' || channels.indexOf(name) !== i);
  if (channels.length === 0 || bad.length > 0)
    problems.add({
      ...at(options, 1),
      message: `Expected a header such as \`second,shoppers,partner\` with different names, got \`${cells.join(',')}\``,
    });
  return { given: true, channels };
}

function readRow(
  from: { line: number; cells: readonly string[] },
  channels: number,
  options: CsvOptions,
  problems: ProblemList,
): Row {
  const { line, cells } = from;
  if (cells.length !== channels + 1)
    problems.add({ ...at(options, line), message: `Expected ${channels + 1} columns, got ${cells.length}` });
  cells.slice(0, channels + 1).forEach((cell, i) => {
    const what = i === 0 ? 'a number of seconds' : 'a rate of 0 or more requests per second';
    if (!isNumber(cell) || (i > 0 && Number(cell) < 0))
      problems.add({ ...at(options, line), message: `Expected column ${i + 1} to be ${what}, got \`${cell}\`` });
  });
  return { line, second: Number(cells[0]), rates: cells.slice(1).map(Number) };
}

function checkAscending(rows: readonly Row[], options: CsvOptions, problems: ProblemList): void {
  rows.forEach((row, i) => {
    const before = rows[i - 1];
    if (before !== undefined && row.second < before.second)
      problems.add({
        ...at(options, row.line),
        message: `Expected seconds that ascend, got \`${row.second}\` after \`${before.second}\``,
      });
  });
}

function isNumber(cell: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell);
}

/** A text that came from no file is called `csv`: its lines are not those of the scenario. */
function at(options: CsvOptions, line: number | undefined) {
  return { file: options.file ?? 'csv', ...(line === undefined ? {} : { line }) };
}
