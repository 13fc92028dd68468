/** The five fields of a cron expression as sets of numbers. Apart because what is written in a field is one thing and which days it makes another. */
import type { Problem } from './errors.ts';

/** One field: what it allows, and whether it allows anything because of a `*` without a step. */
export interface CronField {
  readonly values: ReadonlySet<number>;
  readonly any: boolean;
}

/** Minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). */
export type CronFields = readonly [CronField, CronField, CronField, CronField, CronField];

interface Kind {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Words for the numbers from `min` on. */
  readonly words: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const kinds: readonly Kind[] = [
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day of the month', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: months },
  { name: 'day of the week', min: 0, max: 7, words: weekdays },
];

/** What is wrong with the form of an expression: the number of its fields, or each field that is out of its range. */
export function wrongFields(expression: string): readonly Problem[] {
  const texts = textsOf(expression);
  if (texts.length !== kinds.length)
    return [
      {
        message: `Expected a cron expression of five fields, got \`${expression}\``,
        hint: "Minute, hour, day of the month, month, day of the week. Every five minutes is '*/5 * * * *'.",
      },
    ];
  return kinds.flatMap((kind, i) =>
    parseField(kind, texts[i]!) === undefined
      ? [
          {
            message: `Expected ${kind.name === 'hour' ? 'an' : 'a'} ${kind.name} from ${kind.min} to ${kind.max} in the cron expression \`${expression}\`, got \`${texts[i]}\``,
          },
        ]
      : [],
  );
}

/** The fields of an expression in which nothing is wrong. */
export function fieldsOf(expression: string): CronFields {
  const texts = textsOf(expression);
  return kinds.map((kind, i) => parseField(kind, texts[i]!)!) as unknown as CronFields;
}

const textsOf = (expression: string) => expression.trim().toLowerCase().split(/\s+/);

function parseField(kind: Kind, text: string): CronField | undefined {
  const values = new Set<number>();
  let any = false;
  for (const part of text.split(',')) {
    const match = /^(\*|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const [, whole, first, last, stepText] = match;
    const step = Number(stepText ?? 1);
    const from = whole === '*' ? kind.min : numberOf(kind, first!);
    const open = whole === '*' || (last === undefined && stepText !== undefined);
    const to = open ? kind.max : numberOf(kind, last ?? first!);
    if (!(step > 0 && from >= kind.min && to <= kind.max && from <= to)) return undefined;
    for (let value = from; value <= to; value += step) values.add(value);
    if (whole === '*' && step === 1) any = true;
  }
  return { values, any };
}

function numberOf(kind: Kind, text: string): number {
  const word = kind.words.indexOf(text);
  if (word >= 0) return kind.min + word;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
