/** Whether a model tells the truth: figure by figure, its runs beside real ones. Pure; apart from printing because a gate decides by it. */
import type { RunRecord } from '../../domain/record.ts';
import { type Distribution, distributionsOf } from '../distribution.ts';
import { figuresOf } from '../figures.ts';
import { type Comparison, compareMedians } from './compare.ts';
import { type PairedRuns, pairRuns, type Unpaired } from './pairing.ts';

/** A figure on one side. */
export type Side = Pick<Distribution, 'count' | 'p50' | 'p95'>;

/** One figure of both sides. */
export interface AgreedFigure {
  readonly objective: string;
  readonly name: string;
  /** What was hit had been restarted shortly before. Never compared with a first fall. */
  readonly warm: boolean;
  /** Absent: no run of that side measured it. */
  readonly model?: Side;
  readonly real?: Side;
  /** Of the medians; absent when a side is. */
  readonly comparison?: Comparison;
}

/** One scenario under one set of conditions. */
export interface ScenarioAgreement {
  readonly scenario: string;
  /** Conditions that are not the usual, as `scale 0.1`. */
  readonly conditions: string;
  readonly modelRuns: number;
  readonly realRuns: number;
  /** Fewer real runs than {@link realRunsMin}: a median that one run can move. */
  readonly few: boolean;
  readonly figures: readonly AgreedFigure[];
}

/** How it adds up. */
export interface AgreementSum {
  /** Median of the errors of all figures that have a size; absent when there is none. Figures alike by rule (equal counts, both nothing, below a second and within ± 0.3 s) are not among them: they would make any model look right. */
  readonly medianErrorRatio?: number;
  /** How many figures that is. */
  readonly sized: number;
  /** Alike by rule. */
  readonly alike: number;
  /** Measured on one side only. */
  readonly oneSided: number;
}

/** What was found. */
export interface Agreement {
  readonly scenarios: readonly ScenarioAgreement[];
  readonly unpaired: readonly Unpaired[];
  readonly sum: AgreementSum;
}

/** Real runs below which a scenario is marked. */
export const realRunsMin = 5;

/** Compares runs of a model with real ones. */
export function agreementOf(model: readonly RunRecord[], real: readonly RunRecord[]): Agreement {
  const { groups, unpaired } = pairRuns(model, real);
  const scenarios = groups.map(scenarioAgreement).sort((a, b) => (a.scenario < b.scenario ? -1 : 1));
  return { scenarios, unpaired, sum: sumOf(scenarios) };
}

/** Whether the model is further off than `withinRatio`: the median error, or nothing to take it of. */
export function isWorseThan({ sum, scenarios }: Agreement, withinRatio: number): boolean {
  if (sum.medianErrorRatio !== undefined) return sum.medianErrorRatio > withinRatio;
  return scenarios.length === 0 || sum.alike === 0;
}

function scenarioAgreement({ scenario, conditions, model, real }: PairedRuns): ScenarioAgreement {
  const usual = new Set(['as written', 'injected', 'none', '1']);
  return {
    scenario,
    conditions: conditions
      .filter(({ value }) => !usual.has(value))
      .map(({ what, value }) => `${what} ${value}`)
      .join(' · '),
    modelRuns: model.length,
    realRuns: real.length,
    few: real.length < realRunsMin,
    figures: [false, true].flatMap((warm) => figuresBeside(model, real, warm)),
  };
}

function figuresBeside(
  model: readonly RunRecord[],
  real: readonly RunRecord[],
  warm: boolean,
): readonly AgreedFigure[] {
  const [left, right] = [distributions(model, warm), distributions(real, warm)];
  const keys = [...new Set([...right.keys(), ...left.keys()])];
  return keys.flatMap((key) => {
    const [a, b] = [left.get(key), right.get(key)];
    const { objective, name } = (b ?? a)!;
    const comparison = a && b && compareMedians(name, a.p50, b.p50);
    if (compareMedians(name, 0, 0) === undefined) return [];
    return [{ objective, name, warm, ...side('model', a), ...side('real', b), ...(comparison && { comparison }) }];
  });
}

function side(key: 'model' | 'real', found: Distribution | undefined): object {
  return found === undefined ? {} : { [key]: { count: found.count, p50: found.p50, p95: found.p95 } };
}

/** What an objective received while it was in doubt is no measurement. */
function distributions(records: readonly RunRecord[], warm: boolean): ReadonlyMap<string, Distribution> {
  const measured = records.map((record) => ({
    seed: record.seed,
    figures: figuresOf({
      ...record,
      verdicts: record.verdicts.filter((each) => each.standing !== 'unknown' && (each.warm === true) === warm),
    }),
  }));
  return new Map(distributionsOf(measured).map((each) => [JSON.stringify([each.objective, each.name]), each]));
}

function sumOf(scenarios: readonly ScenarioAgreement[]): AgreementSum {
  const figures = scenarios.flatMap((each) => each.figures);
  const compared = figures.flatMap(({ comparison }) => (comparison === undefined ? [] : [comparison]));
  const errors = compared.filter(({ alike }) => !alike).map(({ errorRatio }) => errorRatio);
  return {
    ...(errors.length > 0 && { medianErrorRatio: medianOf(errors) }),
    sized: errors.length,
    alike: compared.length - errors.length,
    oneSided: figures.length - compared.length,
  };
}

/** The middle one, or the mean of the two in the middle. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)]!;
  return sorted.length % 2 === 1 ? upper : (sorted[sorted.length / 2 - 1]! + upper) / 2;
}
