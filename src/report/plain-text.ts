/** Text that is safe to show: names come from files and clusters of strangers. Apart because every report needs it and none may forget a case. */

// Escape sequences first (CSI, OSC up to its end, two-character ones), then what is left of control characters.
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /\u001b\[[0-?]*[ -/]*[@-~]|\u009b[0-?]*[ -/]*[@-~]|(?:\u001b[\]P^_X]|[\u009d\u0090\u009e\u009f\u0098])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;
const blanks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
// Bidirectional overrides and invisible characters could make one name look like another.
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
const loneSurrogates = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** One line of visible text: terminal escapes, control and invisible characters removed, line breaks and tabs turned into a space. */
export function plainText(text: string): string {
  return text.replace(escapes, '').replace(blanks, ' ').replace(unseen, '').replace(loneSurrogates, '\ufffd');
}

/** The same for text of several lines: line breaks and the indents of lines stay. */
export function plainLines(text: string): string {
  return text
    .split('\n')
    .map(
      (line) =>
        line.slice(0, line.length - line.trimStart().length).replace(/[^ ]/g, ' ') + plainText(line.trimStart()),
    )
    .join('\n');
}
