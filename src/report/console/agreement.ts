/** An agreement on the console. Apart from its sums because the generated page shows the same in another dress. */
import type { AgreedFigure, Agreement, ScenarioAgreement } from '../agree/agreement.ts';
import { figureCells, figureHeads, runsText, sumText } from '../agree/cells.ts';
import { plainText } from '../plain-text.ts';
import type { Colours } from './colours.ts';
import { tableLines } from './table.ts';

/** A table per scenario, what has no counterpart, and the sum. `withinRatio` paints what is further off. */
export function agreementLines(
  { scenarios, unpaired, sum }: Agreement,
  { colours, withinRatio }: { readonly colours: Colours; readonly withinRatio: number },
): readonly string[] {
  return [
    ...scenarios.flatMap((each) => [...scenarioLines(each, colours, withinRatio), '']),
    ...unpaired.map((each) => plainText(`Without counterpart: ${each.runId} (${each.platform}): ${each.because}`)),
    ...(unpaired.length > 0 ? [''] : []),
    `${sumText(sum)}.`,
  ];
}

function scenarioLines(agreement: ScenarioAgreement, colours: Colours, withinRatio: number): readonly string[] {
  const { scenario, conditions, figures } = agreement;
  const head = [scenario, ...(conditions === '' ? [] : [conditions])].map(plainText).join(' · ');
  const tone = (figure: AgreedFigure) => {
    const error = figure.comparison?.errorRatio;
    return error === undefined ? 'plain' : error > withinRatio ? 'warn' : 'good';
  };
  const rows = figures.map((figure) => ({
    cells: figureCells(figure).map(plainText),
    paint: (text: string) => colours.tone(tone(figure), text),
  }));
  const table = [{ cells: figureHeads, paint: colours.strong }, ...rows];
  return [
    colours.strong(head),
    `   ${runsText(agreement)}`,
    ...(figures.length === 0
      ? ['   No figure was measured.']
      : tableLines(table, undefined).map((line) => `   ${line}`)),
  ];
}
