/** Aligned columns in a given width. Apart from what stands in them: verdicts, spreads and lists all use it. */
import { lengthOf, padText, wrapText } from '../wrap.ts';

/** A row: its cells, and a painter for each finished line. */
export interface Row {
  readonly cells: readonly string[];
  /** Applied to the first line before it is joined to the rest; widths are measured before. */
  readonly paint?: (firstCell: string) => string;
}

/** Lines of a table. The last column is wrapped with a hanging indent when `width` is given and it does not fit; where less than 24 characters are left for it, it goes below its row. */
export function tableLines(rows: readonly Row[], width: number | undefined): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.cells.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(0, ...rows.map((row) => lengthOf(row.cells[i] ?? ''))),
  );
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + gap.length, 0);
  return rows.flatMap((row) => rowLines(row, widths, before, width));
}

const gap = '   ';
const lastWidthMin = 24;

function rowLines(row: Row, widths: readonly number[], before: number, width: number | undefined): readonly string[] {
  const paint = row.paint ?? ((text: string) => text);
  const head = row.cells.slice(0, widths.length - 1);
  const painted = head.map((cell, i) =>
    i === 0 ? paint(cell) + ' '.repeat(widths[0]! - lengthOf(cell)) : padText(cell, widths[i]!),
  );
  const last = row.cells[widths.length - 1] ?? '';
  const start = painted.join(gap);
  if (widths.length === 1) return [paint(last)];
  if (last === '') return [start.trimEnd()];
  if (width === undefined || before + lengthOf(last) <= width) return [`${start}${gap}${last}`];
  if (width - before >= lastWidthMin)
    return hanging(`${start}${gap}`, ' '.repeat(before), wrapText(last, width - before));
  return [start.trimEnd(), ...wrapText(last, width - below.length).map((line) => below + line)];
}

const below = '       ';

function hanging(start: string, indent: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, i) => (i === 0 ? start : indent) + line);
}
