/** Whether fields have the types that they must have, in words that an author understands. Apart because scenarios, faults and stories are all checked so, before any other check may rely on it. */
import { knownWords, type Problem } from '../base/errors.ts';

/** An object of which nothing is known. */
export type Loose = Readonly<Record<string, unknown>>;

/** Whether it is an object and no list. */
export const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Type of a field in words, and its test. */
const kinds = {
  text: (value: unknown) => typeof value === 'string',
  number: (value: unknown) => typeof value === 'number',
  object: isObject,
  list: Array.isArray,
  function: (value: unknown) => typeof value === 'function',
} as const;
/** Name of a type of fields. */
export type Kind = keyof typeof kinds;

/** The elements of a list; none of anything else. */
export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A value in a message: whatever it is, and never throwing. */
export function shown(value: unknown): string {
  try {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return `\`${text.length > shownMax ? `${text.slice(0, shownMax)}…` : text}\``;
  } catch {
    return 'what cannot be shown';
  }
}

/** Longest value in a message, characters. */
const shownMax = 80;

/** What is wrong with the fields of a value: types, and fields that do not exist. `where` begins every message. */
export function checkFields(
  value: unknown,
  fields: Readonly<Record<string, Kind>>,
  optional: Readonly<Record<string, Kind>>,
  where: string,
): readonly Problem[] {
  if (!isObject(value)) return [{ message: `${where}expected an object, got ${shown(value)}` }];
  const known = { ...fields, ...optional };
  const wrong = Object.entries(known).flatMap(([key, kind]) => {
    const found = value[key];
    if (kinds[kind](found) || (found === undefined && !Object.hasOwn(fields, key))) return [];
    const got = found === undefined ? 'nothing' : shown(found);
    return [{ message: `${where}expected \`${key}\` to be ${kind === 'object' ? 'an' : 'a'} ${kind}, got ${got}` }];
  });
  const strange = Object.keys(value).filter((key) => !Object.hasOwn(known, key));
  const unknown = strange.map((key) => ({
    message: `${where}there is no field \`${key}\``,
    hint: knownWords('Fields', key, Object.keys(known)),
  }));
  return [...wrong, ...unknown];
}

/** What is wrong with a condition. */
export function checkConditionShape(condition: unknown, where: string): readonly Problem[] {
  if (!isObject(condition) || typeof condition.fact !== 'string' || !isObject(condition.subject))
    return [{ message: `${where}expected a condition with \`fact\` and \`subject\`` }];
  const { subject, since, min, max } = condition;
  const bounds = [min, max].every((bound) => bound === undefined || typeof bound === 'number');
  const right = bounds && (since === undefined || typeof since === 'string') && textsIn(subject);
  return right
    ? []
    : [{ message: `${where}expected names as \`subject\` and \`since\`, and numbers as \`min\` and \`max\`` }];
}

/** Whether all values of an object, or of a list, are texts; `undefined` counts as absent. */
export function textsIn(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((each) => each === undefined || typeof each === 'string')
  );
}
