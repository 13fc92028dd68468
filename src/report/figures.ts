/** Figures of verdicts: which way is better, and how they are written. Apart because diff, spread and sweep compare them alike. */

import { formatCount, formatDuration, formatLatency, formatRatio } from '../base/format.ts';
import type { RunRecord } from '../domain/record.ts';

/** One figure of one objective. */
export interface Figure {
  /** `recovery of api.write`. */
  readonly objective: string;
  /** With its unit: `recoveryMs`. */
  readonly name: string;
  readonly value: number;
}

/** All finite figures of a record, in the order of its verdicts. */
export function figuresOf(record: RunRecord): readonly Figure[] {
  return record.verdicts.flatMap((verdict) =>
    Object.entries(verdict.figures)
      .filter(([, value]) => Number.isFinite(value))
      .map(([name, value]) => ({ objective: verdict.objective, name, value })),
  );
}

/** Which way a figure is better. `none`: it says how much was looked at, not how well it went. */
export type Direction = 'smaller' | 'bigger' | 'none';

/** The direction, from the figure's name: throughput (`Rps`), the least of something and the ratio of success are better when bigger, everything else when smaller. */
export function directionOf(name: string): Direction {
  if (/^(?:acknowledged|asked)|^carriedMs$/.test(name)) return 'none';
  return /Rps(?:$|[A-Z])|^least/.test(name) || isSuccessRatio(name) ? 'bigger' : 'smaller';
}

function isSuccessRatio(name: string): boolean {
  return /(?:ok|success|avail\w*|served|carried|healthy)\w*Ratio/i.test(name) && !/^un/i.test(name);
}

/** How many times worse `now` is than `before` (1: the same, below 1: better, Infinity: from nothing bad to something); undefined for a figure without direction. Ratios of success are compared by what is missing to 1, so that 99.9 % to 99 % is ten times worse. */
export function timesWorse(name: string, before: number, now: number): number | undefined {
  if (isSuccessRatio(name)) return quotient(shortfallOf(name, now), shortfallOf(name, before));
  const direction = directionOf(name);
  if (direction === 'none') return undefined;
  return direction === 'bigger' ? quotient(before, now) : quotient(now, before);
}

/** The value by which a figure is measured against another: what is missing to 1 of a ratio of success, else itself. */
export function shortfallOf(name: string, value: number): number {
  return isSuccessRatio(name) ? 1 - value : value;
}

// Below this two figures count as the same: remainders of sums of binary fractions.
const nothing = 1e-12;

function quotient(worse: number, better: number): number {
  if (Math.abs(worse - better) < nothing) return 1;
  if (Math.abs(better) < nothing) return worse > better ? Number.POSITIVE_INFINITY : 0;
  return worse / better;
}

/** A value with the unit that its name carries: `2.1 s`, `42 ms`, `99.9 %`, `1,000/s`, `12`. */
export function figureText(name: string, value: number): string {
  if (/(?:Ratio|Share)(?:$|[A-Z])/.test(name)) return formatRatio(value);
  if (/Ms(?:$|[A-Z])/.test(name) || name === 'ms')
    return Math.abs(value) < 1_000 ? formatLatency(value) : formatDuration(value);
  if (/Rps(?:$|[A-Z])/.test(name)) return `${formatCount(value)}/s`;
  if (/(?:^s|Seconds)(?:$|[A-Z])/.test(name)) return `${Number(value.toFixed(1))} s`;
  if (/Requests$/.test(name)) return formatCount(Math.round(value));
  return Number.isInteger(value) ? formatCount(value) : String(Number(value.toFixed(3)));
}
