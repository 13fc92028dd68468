/** What a sweep found: standings, distributions, worst seeds. Pure; apart from running so that it is tested on literal results. */
import type { Standing } from '../domain/objective.ts';
import { distributionLines } from '../report/console/spread.ts';
import { tableLines } from '../report/console/table.ts';
import { type Distribution, distributionsOf } from '../report/distribution.ts';
import { directionOf, figureText } from '../report/figures.ts';
import { plainText } from '../report/plain-text.ts';
import { repeatCommand } from '../report/repeat-command.ts';
import type { Look } from './io.ts';
import type { CheckedRunOptions } from './run-options.ts';
import type { SeedResult } from './sweep-seed.ts';

/** How often each standing occurred. */
export type Tally = Readonly<Record<Standing, number>>;

/** The result of a sweep. */
export interface SweepReport {
  readonly scenario: string;
  readonly seeds: number;
  readonly tally: Tally;
  readonly objectives: readonly { readonly objective: string; readonly tally: Tally }[];
  readonly figures: readonly Distribution[];
  /** Missed before broken before unknown, ten at most. When every seed is met: those that hold the worst of most figures, three at most. */
  readonly worst: readonly { readonly seed: string; readonly why: string; readonly repeat: string }[];
}

const worstMax = 10;
const extremesMax = 3;

/** Sums up the results. */
export function sweepReport(scenario: string, results: readonly SeedResult[], options: CheckedRunOptions): SweepReport {
  const standings = results.flatMap((result) => result.standings);
  const objectives = [...new Set(standings.map((each) => each.objective))];
  const bad = (['missed', 'unknown'] as const).flatMap((standing) =>
    results.filter((each) => each.standing === standing),
  );
  const figures = distributionsOf(results);
  const worst = bad.length > 0 ? bad.slice(0, worstMax).map(badSeed) : extremesOf(figures);
  return {
    scenario,
    seeds: results.length,
    tally: tallyOf(results),
    objectives: objectives.map((objective) => ({
      objective,
      tally: tallyOf(standings.filter((each) => each.objective === objective)),
    })),
    figures,
    worst: worst.map((each) => ({ ...each, repeat: repeatCommand({ ...options, scenario, seed: each.seed }) })),
  };
}

function tallyOf(list: readonly { readonly standing: Standing }[]): Tally {
  const count = (standing: Standing) => list.filter((each) => each.standing === standing).length;
  return { met: count('met'), missed: count('missed'), unknown: count('unknown') };
}

interface SeedAndWhy {
  readonly seed: string;
  readonly why: string;
}

function badSeed(result: SeedResult): SeedAndWhy {
  return { seed: result.seed, why: whyBad(result) };
}

/** The seeds nearest to the bounds, as far as figures tell. */
function extremesOf(figures: readonly Distribution[]): readonly SeedAndWhy[] {
  const held = new Map<string, string[]>();
  for (const { worstSeed, objective, name, min, max } of figures) {
    if (worstSeed === undefined) continue;
    const value = figureText(name, directionOf(name) === 'bigger' ? min : max);
    held.set(worstSeed, [...(held.get(worstSeed) ?? []), `${objective}, ${name} ${value}`]);
  }
  return [...held]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, extremesMax)
    .map(([seed, worstOf]) => ({ seed, why: `met, and the worst in ${worstOf.join('; ')}` }));
}

function whyBad(result: SeedResult): string {
  if (result.error !== undefined) return `broke: ${result.error}`;
  const bad = result.standings.filter((each) => each.standing === result.standing);
  return bad.map((each) => `${each.objective} ${each.standing}: ${each.received}`).join('; ');
}

/** The report as lines. */
export function sweepLines(report: SweepReport, look: Look): readonly string[] {
  const { tally } = report;
  const sum = `${plainText(report.scenario)}: ${tally.met} of ${report.seeds} seeds met${others(tally)}`;
  const rows = report.objectives.map((each) => ({
    cells: [plainText(each.objective), `${each.tally.met}`, `${each.tally.missed}`, `${each.tally.unknown}`],
    paint: (text: string) =>
      look.colours.standing(each.tally.missed > 0 ? 'missed' : each.tally.unknown > 0 ? 'unknown' : 'met', text),
  }));
  const head = { cells: ['Objective', 'met', 'missed', 'unknown'], paint: look.colours.strong };
  return [
    look.colours.strong(sum),
    '',
    ...tableLines([head, ...rows], undefined).map((line) => `   ${line}`),
    '',
    ...distributionLines(report.figures, look),
    ...worstLines(report),
  ];
}

function others(tally: Tally): string {
  return `${tally.missed > 0 ? `, ${tally.missed} missed` : ''}${tally.unknown > 0 ? `, ${tally.unknown} unknown` : ''}`;
}

function worstLines(report: SweepReport): readonly string[] {
  if (report.worst.length === 0) return [];
  return [
    '',
    'Worst seeds',
    ...report.worst.flatMap((each) => [`   ${plainText(each.why)}`, `   ${plainText(each.repeat)}`]),
  ];
}
