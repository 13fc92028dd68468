/** Cron expressions with five fields in simulated UTC time. Ours because libraries ask the machine's calendar, cost up to 0.1 ms a firing, and none tells how far apart firings are. */
import { fieldsOf, wrongFields } from './cron-fields.ts';
import { InputError, type Problem } from './errors.ts';

/** A schedule. Times are ms since Monday, 11 November 2019, 00:00. */
export interface Cron {
  /** The first scheduled minute after `ms`. */
  nextAfter(ms: number): number;
  /** How often it fires. Reads a calendar of 28 years: about a millisecond. */
  period(): CronPeriod;
}

/** The longest gap between two firings, ms, and whether all gaps are equal. */
export interface CronPeriod {
  readonly periodMs: number;
  readonly even: boolean;
}

const minuteMs = 60_000;
const minutesPerDay = 1_440;
const dayMs = 86_400_000;
/** Days from 1970-01-01 to 2019-11-11. */
const firstDay = 18_211;
/** 28 years hold every date on every weekday, also 29 February, and are whole weeks (until 2100, which has no leap day). */
const daysWatched = 10_227;

/** What is wrong with an expression: its number of fields, each field that is out of its range, or that it never fires. Empty: nothing. */
export function cronProblems(expression: string): readonly Problem[] {
  const wrong = wrongFields(expression);
  if (wrong.length > 0) return wrong;
  const { days } = parse(expression);
  if (days(0, daysWatched).next().done !== true) return [];
  return [{ message: `Expected a cron expression that fires at some time, got \`${expression}\`` }];
}

/** The schedule of `minute hour day month weekday`: `*`, numbers, names of months and weekdays, ranges `a-b`, steps `/n`, lists with commas. Throws an InputError with all {@link cronProblems}. */
export function parseCron(expression: string): Cron {
  const problems = cronProblems(expression);
  if (problems.length > 0) throw new InputError(problems);
  const { days, minutes } = parse(expression);
  return {
    nextAfter: (ms) => {
      const today = Math.floor(ms / dayMs);
      for (const day of days(today, today + daysWatched)) {
        const minute = minutes.find((of) => day * dayMs + of * minuteMs > ms);
        if (minute !== undefined) return day * dayMs + minute * minuteMs;
      }
      return Number.POSITIVE_INFINITY;
    },
    period: () => periodOf([...days(0, daysWatched)], minutes),
  };
}

/** The minutes of a day on which it fires, ascending, and a walk over the days that have them. */
interface Parsed {
  readonly minutes: readonly number[];
  days(from: number, to: number): Generator<number>;
}

/** As Kubernetes reads it: of day and weekday both must match when one of them is `*`, else either; a stepped `*` such as `*\/2` counts as restricted. */
function parse(expression: string): Parsed {
  const [minute, hour, date, month, weekday] = fieldsOf(expression);
  const matches = (day: number) => {
    const on = dateOf(firstDay + day);
    if (!month.values.has(on.month)) return false;
    const byDate = date.values.has(on.date);
    const ofWeek = (day + 1) % 7;
    const byWeekday = weekday.values.has(ofWeek) || (ofWeek === 0 && weekday.values.has(7));
    return date.any || weekday.any ? byDate && byWeekday : byDate || byWeekday;
  };
  const minutes = [...hour.values].flatMap((h) => [...minute.values].map((m) => h * 60 + m)).sort((a, b) => a - b);
  return {
    minutes,
    *days(from, to) {
      for (let day = from; day < to; day++) if (matches(day)) yield day;
    },
  };
}

function periodOf(days: readonly number[], minutes: readonly number[]): CronPeriod {
  const gaps = new Set(minutes.slice(1).map((minute, i) => minute - minutes[i]!));
  const overnight = minutes[0]! - minutes.at(-1)!;
  days.forEach((day, i) => {
    gaps.add(((days[i + 1] ?? days[0]! + daysWatched) - day) * minutesPerDay + overnight);
  });
  return { periodMs: Math.max(...gaps) * minuteMs, even: gaps.size === 1 };
}

/** Month and date of a day counted from 1970-01-01, in the Gregorian calendar: years begin in March, so the leap day is last. */
function dateOf(daysSince1970: number): { readonly month: number; readonly date: number } {
  const days = daysSince1970 + 719_468;
  const inEra = days % 146_097;
  const year = Math.floor(
    (inEra - Math.floor(inEra / 1_460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const inYear = inEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const fromMarch = Math.floor((5 * inYear + 2) / 153);
  return {
    month: fromMarch < 10 ? fromMarch + 3 : fromMarch - 9,
    date: inYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}
