/** The little Markdown that the generated pages need, and what of a page is names and not figures. */

/** Lines of a table. A bar inside a cell would end it. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)];
}

/** The text with a capital at its beginning and a full stop at its end. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** What of a page does not depend on any run: all text, the heads of tables, and the first cell of each row. */
export function namesOf(page: string): readonly string[] {
  const lines = page.split('\n');
  return lines.map((line, i) => {
    const isHead = /^\|(?:---\|)+$/.test(lines[i + 1] ?? '');
    return line.startsWith('| ') && !isHead ? (line.split(' | ')[0] ?? '') : line;
  });
}
