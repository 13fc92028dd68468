/** A cron expression with five fields on the platform's clock. Ours because the libraries read the wall clock. */
import type { Ms } from '../../../base/clock.ts';
import { InputError } from '../../../base/errors.ts';

/** A parsed schedule. */
export interface Cron {
  /** The first scheduled minute after `ms`; Infinity when there is none within eight years (such as 31 February). Platform time 0 is Monday, 11 November 2019, 00:00. */
  nextAfter(ms: Ms): Ms;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of the month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: months },
  { name: 'day of the week', min: 0, max: 7, names: weekdays },
];
const macros: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Days from 1970-01-01 to 2019-11-11. */
const firstDay = 18_211;
const daysSearched = 8 * 366;

/** Parses `*`, numbers, names of months and weekdays, ranges `a-b`, steps `/n`, lists with commas, and `@hourly` and its like. Throws an InputError with every wrong field. */
export function parseCron(expression: string): Cron {
  const texts = (macros[expression.trim()] ?? expression.trim()).split(/\s+/);
  if (texts.length !== fields.length)
    throw new InputError({
      message: `Expected a schedule with 5 fields, got \`${expression}\``,
      hint: 'Minute, hour, day of the month, month, day of the week: `*/5 * * * *`.',
    });
  const parsed = fields.map((field, i) => parseField(field, texts[i]!));
  const wrong = fields.filter((_, i) => parsed[i] === undefined);
  if (wrong.length > 0)
    throw new InputError(
      wrong.map((field) => ({
        message: `Expected a ${field.name} from ${field.min} to ${field.max} in \`${expression}\`, got \`${texts[fields.indexOf(field)]}\``,
      })),
    );
  const [minutes, hours, days, monthsSet, week] = parsed as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ];
  if (week.has(7)) week.add(0);
  const anyDay = texts[2]!.startsWith('*');
  const anyWeekday = texts[4]!.startsWith('*');
  const dayMatches = (day: number) => {
    const date = dateOf(firstDay + day);
    if (!monthsSet.has(date.month)) return false;
    const byDate = days.has(date.day);
    const byWeekday = week.has((day + 1) % 7);
    return anyDay || anyWeekday ? byDate && byWeekday : byDate || byWeekday;
  };
  const minutesOfDay = [...hours]
    .flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute))
    .sort((a, b) => a - b);
  return { nextAfter: (ms) => next(ms, dayMatches, minutesOfDay) };
}

function next(ms: Ms, dayMatches: (day: number) => boolean, minutesOfDay: readonly number[]): Ms {
  const today = Math.floor(ms / dayMs);
  for (let day = today; day < today + daysSearched; day++) {
    if (!dayMatches(day)) continue;
    const minute = minutesOfDay.find((of) => day * dayMs + of * minuteMs > ms);
    if (minute !== undefined) return day * dayMs + minute * minuteMs;
  }
  return Number.POSITIVE_INFINITY;
}

function parseField(field: Field, text: string): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\*|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/.exec(part.toLowerCase());
    if (match === null) return undefined;
    const step = match[4] === undefined ? 1 : Number(match[4]);
    const from = match[1] === '*' ? field.min : numberOf(field, match[2]!);
    const open = match[4] === undefined ? from : field.max;
    const to = match[1] === '*' ? field.max : match[3] === undefined ? open : numberOf(field, match[3]);
    if (!(step > 0 && from >= field.min && to <= field.max && from <= to)) return undefined;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

function numberOf(field: Field, text: string): number {
  const named = field.names.indexOf(text);
  if (named >= 0) return named + (field.name === 'month' ? 1 : 0);
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** Month and day of a day counted from 1970-01-01, in the Gregorian calendar: years begin in March, so the leap day is last. */
function dateOf(daysSince1970: number): { readonly month: number; readonly day: number } {
  const days = daysSince1970 + 719_468;
  const inEra = days % 146_097;
  const year = Math.floor(
    (inEra - Math.floor(inEra / 1_460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const inYear = inEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const fromMarch = Math.floor((5 * inYear + 2) / 153);
  return {
    month: fromMarch < 10 ? fromMarch + 3 : fromMarch - 9,
    day: inYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}
