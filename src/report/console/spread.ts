/** The spread of figures over many runs, as a table. Apart from the sums because `run --repeat` and `sweep` print the same. */
import type { RunRecord } from '../../domain/record.ts';
import { type Distribution, distributionsOf } from '../distribution.ts';
import { figuresOf, figureText } from '../figures.ts';
import { plainText } from '../plain-text.ts';
import type { Colours } from './colours.ts';
import { tableLines } from './table.ts';

/** A table per scenario: every figure of its objectives with min, p50, p95, max and the worst seed. */
export function spreadLines(
  records: readonly RunRecord[],
  look: { readonly colours: Colours; readonly width?: number },
): readonly string[] {
  const names = [...new Set(records.map((record) => record.scenario.name))];
  return names.flatMap((name) => {
    const own = records.filter((record) => record.scenario.name === name);
    const measured = own.map((record) => ({ seed: record.seed, figures: figuresOf(record) }));
    const met = own.filter((record) => record.standing === 'met').length;
    const head = `${plainText(name)}: ${met} of ${own.length} met`;
    return [look.colours.strong(head), ...distributionLines(distributionsOf(measured), look), ''];
  });
}

/** The table alone. */
export function distributionLines(
  distributions: readonly Distribution[],
  look: { readonly colours: Colours; readonly width?: number },
): readonly string[] {
  if (distributions.length === 0) return ['   No figure was measured.'];
  const rows = distributions.map((each) => ({
    cells: [
      plainText(each.objective),
      plainText(each.name),
      ...[each.min, each.p50, each.p95, each.max].map((value) => figureText(each.name, value)),
      each.worstSeed ?? '–',
    ],
  }));
  const head = { cells: ['Objective', 'Figure', 'min', 'p50', 'p95', 'max', 'worst seed'], paint: look.colours.strong };
  return tableLines([head, ...rows], undefined).map((line) => `   ${line}`);
}
