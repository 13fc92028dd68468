/** Where in a scenario's text the word stands that a message is about. Apart because a definition knows its words and not their places. */

/** Line and column count from 1. `others`: how often the word stands elsewhere, when nothing tells which one is meant. */
export interface WordPlace {
  readonly line: number;
  readonly column: number;
  readonly others: number;
}

/** Of the words in backticks the last that the text holds, as a string or as a key. Of several places: the first behind the key that the message names before it (the state, the fault); else its only key; else the first. Undefined when the text holds none. */
export function placeOfWord(text: string, message: string): WordPlace | undefined {
  const words = [...message.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);
  for (const [i, word] of [...words.entries()].reverse()) {
    const found = placesOf(text, word);
    if (found.length === 0) continue;
    const known = found.length === 1 ? found[0] : (behind(text, words.slice(0, i), found) ?? onlyKey(text, word));
    const before = text.slice(0, known ?? found[0]).split('\n');
    return {
      line: before.length,
      column: before.at(-1)!.length + 1,
      others: known === undefined ? found.length - 1 : 0,
    };
  }
  return undefined;
}

/** The first place behind the last of the words that is a key at one place only. */
function behind(text: string, words: readonly string[], places: readonly number[]): number | undefined {
  const key = words.map((word) => onlyKey(text, word)).findLast((at) => at !== undefined);
  return key === undefined ? undefined : places.find((at) => at > key);
}

function onlyKey(text: string, word: string): number | undefined {
  const keys = placesOf(text, word, '(?=\\s*:)');
  return keys.length === 1 ? keys[0] : undefined;
}

/** Where the word is written between quotes, as a key, or, with quotes of its own, as it is; `ending` narrows it. */
function placesOf(text: string, word: string, ending = ''): readonly number[] {
  const literal = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = /['"]/.test(word)
    ? literal.replace(/['"]/g, `['"]`)
    : `(['"])${literal}\\1|(?<![\\w$.'"-])${literal}(?=\\s*:)`;
  return [...text.matchAll(new RegExp(`(?:${pattern})${ending}`, 'g'))].map((match) => match.index);
}
