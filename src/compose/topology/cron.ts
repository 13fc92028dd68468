/** Cron expressions with five fields as periods. Apart because batch replication is planned by the period, and a wrong expression must be refused before a run. */

/** How often an expression fires: the longest gap between two firings, and whether all gaps are equal. ms. */
export interface CronPeriod {
  readonly periodMs: number;
  readonly even: boolean;
}

const minuteMs = 60_000;
const minutesPerDay = 1440;
/** 28 years hold every date on every weekday, also 29 February, and are whole weeks. */
const yearsWatched = 28;
const daysWatched = 10_227;

const names: Readonly<Record<string, readonly string[]>> = {
  month: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  weekday: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
};

/** The period of `minute hour day month weekday`; undefined when the expression is wrong or never fires. */
export function parseCron(expression: string): CronPeriod | undefined {
  const fields = expression.trim().toLowerCase().split(/\s+/);
  if (fields.length !== 5) return undefined;
  const [minutes, hours, days, months, weekdays] = [
    parseField(fields[0]!, 0, 59),
    parseField(fields[1]!, 0, 23),
    parseField(fields[2]!, 1, 31),
    parseField(fields[3]!, 1, 12, names.month),
    parseField(fields[4]!, 0, 7, names.weekday),
  ];
  if (
    minutes === undefined ||
    hours === undefined ||
    days === undefined ||
    months === undefined ||
    weekdays === undefined
  )
    return undefined;
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
  const anyDay = fields[2]!.startsWith('*');
  const anyWeekday = fields[4]!.startsWith('*');
  const matches = (day: Day) => {
    const byDate = days.includes(day.date);
    const byWeekday = weekdays.includes(day.weekday) || (day.weekday === 0 && weekdays.includes(7));
    return months.includes(day.month) && (anyDay || anyWeekday ? byDate && byWeekday : byDate || byWeekday);
  };
  return periodOf(times, calendar().map(matches));
}

function parseField(text: string, min: number, max: number, words: readonly string[] = []): number[] | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\*|[a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return undefined;
    const number = (word: string) => (words.includes(word) ? words.indexOf(word) + (min === 1 ? 1 : 0) : Number(word));
    const from = match[1] === '*' ? min : number(match[1]!);
    const to = match[2] !== undefined ? number(match[2]) : match[1] === '*' || match[3] !== undefined ? max : from;
    const step = match[3] === undefined ? 1 : Number(match[3]);
    if (!(from >= min && to <= max && from <= to && step >= 1)) return undefined;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

interface Day {
  readonly date: number;
  readonly month: number;
  readonly weekday: number;
}

/** 28 years from 1 January 2024, a Monday, without asking the machine's calendar. */
function calendar(): Day[] {
  const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const days: Day[] = [];
  for (let year = 0; year < yearsWatched; year++)
    for (let month = 1; month <= 12; month++)
      for (let date = 1; date <= lengths[month - 1]! + (year % 4 === 0 && month === 2 ? 1 : 0); date++)
        days.push({ date, month, weekday: (days.length + 1) % 7 });
  return days;
}

function periodOf(times: readonly number[], fires: readonly boolean[]): CronPeriod | undefined {
  const days = fires.flatMap((fire, i) => (fire ? [i] : []));
  if (days.length === 0) return undefined;
  const gaps = new Set<number>();
  for (let i = 1; i < times.length; i++) gaps.add(times[i]! - times[i - 1]!);
  const overnight = times[0]! - times.at(-1)!;
  for (let i = 0; i < days.length; i++) {
    const next = days[i + 1] ?? days[0]! + daysWatched;
    gaps.add((next - days[i]!) * minutesPerDay + overnight);
  }
  return { periodMs: Math.max(...gaps) * minuteMs, even: gaps.size === 1 };
}
