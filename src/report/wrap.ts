/** Words put into lines of a given width. Apart from the table because long reasons, hints and proofs need it too. */

/** The text in lines of at most `width` characters, broken at spaces; a word that is longer is cut. An empty text is one empty line. A width below 1 counts as 1. */
export function wrapText(text: string, width: number): readonly string[] {
  const most = Math.max(1, Math.floor(width));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((part) => pieces(part, most))) {
    if (line !== '' && lengthOf(line) + 1 + lengthOf(word) > most) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** How many characters a text shows (code points). */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** The text with spaces up to `width`. */
export function padText(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - lengthOf(text)));
}

function pieces(word: string, most: number): readonly string[] {
  const characters = [...word];
  if (characters.length <= most) return [word];
  const cut: string[] = [];
  for (let i = 0; i < characters.length; i += most) cut.push(characters.slice(i, i + most).join(''));
  return cut;
}
