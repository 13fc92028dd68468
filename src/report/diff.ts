/** Two records compared figure by figure. Pure; apart from printing because the gate decides by it. */
import type { Standing } from '../domain/objective.ts';
import type { RunRecord } from '../domain/record.ts';
import { type Condition, conditionsApart, conditionsOf } from './conditions.ts';
import { type Figure, figuresOf, timesWorse } from './figures.ts';

/** One figure in both runs. */
export interface FigureChange {
  readonly objective: string;
  readonly name: string;
  /** Absent: the figure is new. */
  readonly before?: number;
  /** Absent: it is gone. */
  readonly now?: number;
  /** 1: the same, above 1: worse. Absent when one side is, or when the figure has no direction. */
  readonly timesWorse?: number;
  readonly worse: boolean;
}

/** One objective in both runs. */
export interface StandingChange {
  readonly objective: string;
  readonly before?: Standing;
  readonly now?: Standing;
  readonly worse: boolean;
}

/** What became better and worse. */
export interface RecordDiff {
  readonly figures: readonly FigureChange[];
  readonly standings: readonly StandingChange[];
  /** Whether anything is worse than allowed. */
  readonly worse: boolean;
}

/** Compares `now` with the baseline `before`. A figure is worse when it is more than `failRatio` times worse; an objective when its standing fell, or when it is gone. New ones are new, not worse. */
export function diffRecords(before: RunRecord, now: RunRecord, failRatio: number): RecordDiff {
  const figures = diffFigures(figuresOf(before), figuresOf(now), failRatio);
  const standings = diffStandings(before, now);
  return { figures, standings, worse: [...figures, ...standings].some((change) => change.worse) };
}

function diffFigures(before: readonly Figure[], now: readonly Figure[], failRatio: number): readonly FigureChange[] {
  const same = (a: Figure) => (b: Figure) => a.objective === b.objective && a.name === b.name;
  const changes = now.map((figure): FigureChange => {
    const { objective, name } = figure;
    const old = before.find(same(figure));
    if (old === undefined) return { objective, name, now: figure.value, worse: false };
    const times = timesWorse(name, old.value, figure.value);
    const both = { objective, name, before: old.value, now: figure.value };
    return times === undefined ? { ...both, worse: false } : { ...both, timesWorse: times, worse: times > failRatio };
  });
  // A figure that is gone says nothing by itself: why it could not be measured shows in the standing of its objective.
  const gone = before.filter((figure) => !now.some(same(figure)));
  return [
    ...changes,
    ...gone.map((each) => ({ objective: each.objective, name: each.name, before: each.value, worse: false })),
  ];
}

const rank: Readonly<Record<Standing, number>> = { met: 0, unknown: 1, missed: 2 };

function diffStandings(before: RunRecord, now: RunRecord): readonly StandingChange[] {
  const names = [...new Set([...before.verdicts, ...now.verdicts].map((verdict) => verdict.objective))];
  return names.flatMap((objective): readonly StandingChange[] => {
    const old = before.verdicts.find((verdict) => verdict.objective === objective)?.standing;
    const own = now.verdicts.find((verdict) => verdict.objective === objective)?.standing;
    if (old === own) return [];
    if (old === undefined) return own === undefined ? [] : [{ objective, now: own, worse: false }];
    if (own === undefined) return [{ objective, before: old, worse: true }];
    return [{ objective, before: old, now: own, worse: rank[own] > rank[old] }];
  });
}

/** What makes two runs unlike, in words: then their figures must not be compared. Empty: alike. */
export function unlikeness(before: RunRecord, now: RunRecord): readonly string[] {
  const conditions = (record: RunRecord): readonly Condition[] => [
    { what: 'scenario', value: record.scenario.name },
    { what: 'platform', value: record.platform.name },
    ...conditionsOf(record),
  ];
  return conditionsApart(conditions(before), conditions(now));
}

/** What differs and may well explain a change: worth saying, no reason to refuse. */
export function differences(before: RunRecord, now: RunRecord): readonly string[] {
  const notes: readonly (readonly [boolean, string])[] = [
    [before.seed !== now.seed, `seeds ${before.seed} and ${now.seed}`],
    [before.version !== now.version, `versions ${before.version} and ${now.version}`],
    [before.scenario.sha256 !== now.scenario.sha256, 'the scenario file was changed'],
    [before.topology.sha256 !== now.topology.sha256, 'the topology was changed'],
  ];
  return notes.flatMap(([differs, text]) => (differs ? [text] : []));
}
