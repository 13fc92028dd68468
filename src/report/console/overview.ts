/** Many runs at a glance. Apart from the end of each because after twenty tables nobody finds the one that missed. */
import type { RunRecord } from '../../domain/record.ts';
import { plainText } from '../plain-text.ts';
import type { Colours } from './colours.ts';
import { marks } from './summary.ts';
import { tableLines } from './table.ts';

/** A line per run with what was not met, and how many were. `failed`: runs that gave no record, `left`: runs that were not begun after an interrupt. */
export function overviewLines(
  records: readonly RunRecord[],
  { failed, left }: { readonly failed: number; readonly left: number },
  look: { readonly colours: Colours; readonly width?: number },
): readonly string[] {
  const rows = records.map((record) => ({
    cells: [`${marks[record.standing]} ${plainText(record.scenario.name)}`, record.seed, plainText(notMet(record))],
    paint: (text: string) => look.colours.standing(record.standing, text),
  }));
  const met = records.filter((record) => record.standing === 'met').length;
  const without = `${failed === 0 ? '' : `, ${failed} without a record`}${left === 0 ? '' : `, ${left} not begun`}`;
  return [
    ...tableLines(rows, look.width),
    '',
    look.colours.strong(`${met} of ${records.length + failed + left} runs met${without}`),
  ];
}

function notMet(record: RunRecord): string {
  const bad = record.verdicts.filter((verdict) => verdict.standing !== 'met');
  return bad.map((verdict) => `${verdict.objective} ${verdict.standing}: ${verdict.received}`).join('; ');
}
