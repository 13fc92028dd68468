/** Whether the planned load was really asked, in numbers and in words. Apart because verdicts stand or fall with it. */
import { formatCount, formatRatio } from '../../base/format.ts';
import type { LoadPlan } from '../../domain/load.ts';
import { integral } from '../../domain/load-plan.ts';
import type { K6Summary } from './process.ts';

/** Share of the planned requests that must have been asked, 0..1. */
const askedRatioMin = 0.99;
/** Share of due requests that may have been dropped, 0..1. */
const droppedRatioMax = 0.01;
/** A second of start and end is not held against the driver beyond this: the first request is due after one interval, the last ones are cut off, ms. */
const edgeMs = 150;

/** What was done of a plan. */
export interface Done {
  /** From the profile's start to the end of the load, ms. */
  readonly playedMs: number;
  /** Requests that started, by channel of the plan. */
  readonly asked: readonly number[];
  /** Absent: k6 left none. */
  readonly summary: K6Summary | undefined;
}

/** Whether at least 99 % of every channel was asked and at most 1 % was dropped. */
export function achievement(plan: LoadPlan, { playedMs, asked, summary }: Done): { reached: boolean; text: string } {
  const planned = plan.channels.map(({ points }) => integral(points, 0, playedMs));
  const short = plan.channels.filter(({ rateRpsPeak }, i) => {
    const edge = (rateRpsPeak * edgeMs) / 1_000 + 1;
    return asked[i]! + edge < askedRatioMin * planned[i]!;
  });
  const dropped = summary?.dropped ?? 0;
  const due = sum(asked) + dropped;
  const reached = short.length === 0 && dropped <= droppedRatioMax * due;
  const ratio = sum(planned) === 0 ? 1 : Math.min(1, sum(asked) / sum(planned));
  const words = [
    `k6 asked ${formatCount(sum(asked))} of ${formatCount(sum(planned))} planned (${formatRatio(Math.round(ratio * 10_000) / 10_000)})`,
    ...(dropped > 0 ? [`dropped ${formatCount(dropped)}`] : []),
    ...(short.length > 0 ? [`fell short on ${short.map(({ name }) => name).join(', ')}`] : []),
  ];
  return { reached, text: words.join(', ') };
}

/** The same for a script of somebody else's, of which only what k6 dropped is known. */
export function ownAchievement(script: string, summary: K6Summary | undefined): { reached: boolean; text: string } {
  if (summary === undefined) return { reached: false, text: `${script} left no summary` };
  const { iterations, dropped } = summary;
  const text = `${script} did ${formatCount(iterations)} iterations, dropped ${formatCount(dropped)}`;
  return { reached: dropped <= droppedRatioMax * (iterations + dropped), text };
}

const sum = (list: readonly number[]) => list.reduce((all, each) => all + each, 0);
