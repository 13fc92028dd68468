/** An agreement as text cells. Apart because the console and the generated page show the same table. */
import { formatRatio } from '../../base/format.ts';
import { figureText } from '../figures.ts';
import type { AgreedFigure, AgreementSum, ScenarioAgreement, Side } from './agreement.ts';
import { realRunsMin } from './agreement.ts';

/** Heads of the columns of {@link figureCells}. */
export const figureHeads: readonly string[] = [
  'Objective',
  'Figure',
  'Model p50',
  'p95',
  'Real p50',
  'p95',
  'Ratio',
  'Error',
];

/** One figure as cells. */
export function figureCells(figure: AgreedFigure): readonly string[] {
  const { objective, name, warm, model, real, comparison } = figure;
  return [
    objective,
    warm ? `${name} (warm)` : name,
    ...sideCells(name, model),
    ...sideCells(name, real),
    comparison?.ratio === undefined ? '–' : comparison.ratio.toFixed(2),
    errorText(figure),
  ];
}

function sideCells(name: string, side: Side | undefined): readonly string[] {
  return side === undefined ? ['–', '–'] : [figureText(name, side.p50), figureText(name, side.p95)];
}

function errorText({ comparison, model, real }: AgreedFigure): string {
  if (comparison === undefined) return model === undefined && real !== undefined ? 'real only' : 'model only';
  if (comparison.alike) return comparison.rule === 'tolerance' ? 'within 0.3 s' : 'same';
  return comparison.errorRatio === Number.POSITIVE_INFINITY ? 'from nothing' : percent(comparison.errorRatio);
}

/** How many runs stand behind a scenario, and that there are too few. */
export function runsText({ modelRuns, realRuns, few }: ScenarioAgreement): string {
  const runs = `${realRuns} real ${realRuns === 1 ? 'run' : 'runs'}, ${modelRuns} of the model`;
  return few ? `${runs}; fewer than ${realRunsMin} real runs: one can move these medians` : runs;
}

/** The sum in a sentence. */
export function sumText({ medianErrorRatio, sized, alike, oneSided }: AgreementSum): string {
  const middle =
    medianErrorRatio === undefined
      ? 'No figure has an error of a size'
      : `Median error ${medianErrorRatio === Number.POSITIVE_INFINITY ? 'without bound' : percent(medianErrorRatio)} over ${sized} ${sized === 1 ? 'figure' : 'figures'}`;
  const rest = [
    ...(alike > 0 ? [`${alike} alike (equal counts, both nothing, or below 1 s and within ± 0.3 s)`] : []),
    ...(oneSided > 0 ? [`${oneSided} measured on one side only`] : []),
  ];
  return [middle, ...rest].join('; ');
}

/** Whole percents are as much as a handful of runs can say. */
function percent(ratio: number): string {
  return ratio < 0.01 ? formatRatio(Math.round(ratio * 1_000) / 1_000) : `${Math.round(ratio * 100)} %`;
}
