/** A problem of a scenario, placed where its word stands. Apart because problems are found in plain data, when the file is loaded and when it meets a topology. */
import type { Place, Problem } from '../base/errors.ts';
import { importedModules, textOf } from './imported-modules.ts';
import { placeOfWord } from './word-place.ts';

/** The problem at its word, in the first of the files that holds the last word of its message or, where none does, any; or else at `otherwise`. Where the word is written several times the hint says so. */
export function atWord(problem: Problem, files: readonly string[], otherwise: Place): Problem {
  const last = /`[^`]+`(?=[^`]*$)/.exec(problem.message)?.[0] ?? '';
  const holding = files.filter((file) => placeOfWord(textOf(file), last) !== undefined);
  for (const file of [...holding, ...files]) {
    const found = placeOfWord(textOf(file), problem.message);
    if (found === undefined) continue;
    const { others, ...word } = found;
    const more = others === 0 ? [] : [`It is written in ${others} more ${others === 1 ? 'place' : 'places'}.`];
    const hint = [...(problem.hint === undefined ? [] : [problem.hint]), ...more].join(' ');
    return { file, ...word, ...problem, ...(hint !== '' && { hint }) };
  }
  return { ...otherwise, ...problem };
}

/** A problem of one call, at the first place behind its beginning where its word stands, or at the call itself: what is missing stands nowhere. Where the call is not known, anywhere in its file. */
export function behindCall(problem: Problem, call: Place): Problem {
  const { file, line, column } = call;
  if (file === undefined || line === undefined || column === undefined)
    return atWord(problem, file === undefined ? [] : [file], call);
  const rest = textOf(file)
    .split('\n')
    .slice(line - 1)
    .join('\n')
    .slice(column - 1);
  const found = problem.message.endsWith('got nothing') ? undefined : placeOfWord(rest, problem.message);
  if (found === undefined) return { file, line, column, ...problem };
  const place = { line: line + found.line - 1, column: found.column + (found.line === 1 ? column - 1 : 0) };
  return { file, ...place, ...problem };
}

/** The files of a scenario in which a word of it may stand: its own first, then those that it imports. */
export function filesOfScenario(path: string): readonly string[] {
  const imported = importedModules(path).map((module) => module.file);
  return [path, ...imported.filter((file) => file !== path)];
}
