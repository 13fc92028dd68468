/** Reading one value of an input file with its place and its name: wrong types and ranges become problems, reading goes on. Apart so that every reader complains in the same words. */
import { knownWords, type Place, type ProblemList } from '../../base/errors.ts';
import { parseQuantity } from '../../base/quantity.ts';
import type { Located } from '../../base/yaml.ts';
import type { IntOrRatio } from '../../domain/topology.ts';

/** Bounds of a number, both included. */
export interface NumberBounds {
  readonly min?: number;
  /** Excluded lower bound. */
  readonly above?: number;
  readonly max?: number;
  readonly integer?: boolean;
  /** What it counts, for the message: `seconds`. */
  readonly unit?: string;
}

/** A value of an input file that may be missing. Readers give undefined when it is missing (or null), and also, after adding a problem, when it is wrong. */
export interface Field {
  /** Its path inside the document: `spec.template.spec.containers[0].image`. */
  readonly path: string;
  /** Where it stands; when missing, where its parent stands. */
  readonly place: Place;
  readonly node: Located | undefined;
  /** There and not null. */
  readonly present: boolean;
  readonly problems: ProblemList;
  /** The value of a key; missing, with a problem, when this is no mapping. */
  get(key: string): Field;
  /** Elements of a list; empty when missing. */
  items(): Field[];
  /** Entries of a mapping, in the order of the file; empty when missing. */
  entries(): [string, Field][];
  /** Adds a problem when it is missing; returns itself. */
  required(): Field;
  text(): string | undefined;
  flag(): boolean | undefined;
  number(bounds?: NumberBounds): number | undefined;
  /** A Kubernetes quantity in its base unit, not negative. */
  quantity(): number | undefined;
  intOrRatio(): IntOrRatio | undefined;
  oneOf<T extends string>(words: readonly T[]): T | undefined;
  /** A mapping of strings, as labels and annotations are. */
  texts(): Record<string, string>;
  /** Adds a problem for every key that is not in the list. */
  onlyKeys(known: readonly string[]): void;
  complain(message: string, hint?: string): void;
}

/** A field around a value. `above` is where to point when the value is missing. */
export function createField(node: Located | undefined, path: string, above: Place, problems: ProblemList): Field {
  const place = node?.place ?? above;
  const present = node !== undefined && !(node.kind === 'scalar' && node.value === null);
  const value = node?.kind === 'scalar' ? node.value : undefined;
  const complain = (message: string, hint?: string) =>
    problems.add({ ...place, message, ...(hint === undefined ? {} : { hint }) });
  const expected = (what: string, hint?: string) =>
    complain(`Expected \`${path === '' ? 'the document' : path}\` to be ${what}, got ${shown(node)}`, hint);
  const field: Field = {
    path,
    place,
    node,
    present,
    problems,
    complain,
    get: (key) => {
      if (present && node?.kind !== 'map') expected('a mapping');
      const child = node?.kind === 'map' ? node.entries.get(key) : undefined;
      return createField(child, join(path, key), place, problems);
    },
    items: () => {
      if (!present) return [];
      if (node?.kind === 'list')
        return node.items.map((item, i) => createField(item, `${path}[${i}]`, place, problems));
      expected('a list');
      return [];
    },
    entries: () => {
      if (!present) return [];
      if (node?.kind === 'map')
        return [...node.entries].map(([key, item]) => [key, createField(item, join(path, key), place, problems)]);
      expected('a mapping');
      return [];
    },
    required: () => {
      if (!present) complain(`Expected \`${path}\`, which is missing`);
      return field;
    },
    text: () => {
      if (!present || typeof value === 'string') return present ? (value as string) : undefined;
      expected('a string', value === undefined ? undefined : 'Put it in quotes.');
      return undefined;
    },
    flag: () => {
      if (!present || typeof value === 'boolean') return present ? (value as boolean) : undefined;
      expected('true or false');
      return undefined;
    },
    number: (bounds = {}) => {
      if (!present) return undefined;
      if (typeof value === 'number' && within(value, bounds)) return value;
      expected(describe(bounds));
      return undefined;
    },
    quantity: () => {
      if (!present) return undefined;
      const parsed = typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined;
      if (parsed !== undefined && parsed >= 0) return parsed;
      expected('a quantity that is not negative, such as 100m, 0.5, 512Mi or 1Gi');
      return undefined;
    },
    intOrRatio: () => {
      if (!present) return undefined;
      const parsed = parseIntOrRatio(value);
      if (parsed === undefined) expected('a whole number or a percentage such as 25%, not negative');
      return parsed;
    },
    oneOf: <T extends string>(words: readonly T[]) => {
      if (!present) return undefined;
      const word = words.find((known) => known === value);
      if (word === undefined) expected('a known word', knownWords('Known', String(value), words));
      return word;
    },
    texts: () => {
      const out: Record<string, string> = {};
      for (const [key, item] of field.entries()) {
        const text = item.text();
        if (text !== undefined) out[key] = text;
      }
      return out;
    },
    onlyKeys: (known) => {
      if (node?.kind !== 'map') return;
      for (const [key, keyPlace] of node.keys)
        if (!known.includes(key))
          problems.add({
            ...keyPlace,
            message: `Expected a known field${path === '' ? '' : ` of \`${path}\``}, got \`${key}\``,
            hint: knownWords('Fields', key, known),
          });
    },
  };
  return field;
}

function join(path: string, key: string): string {
  const step = /^[\w-]+$/.test(key) ? key : `["${key}"]`;
  return path === '' ? step : step.startsWith('[') ? `${path}${step}` : `${path}.${step}`;
}

function within(value: number, bounds: NumberBounds): boolean {
  if (!Number.isFinite(value) || (bounds.integer === true && !Number.isInteger(value))) return false;
  if (bounds.min !== undefined && value < bounds.min) return false;
  if (bounds.above !== undefined && value <= bounds.above) return false;
  return bounds.max === undefined || value <= bounds.max;
}

/** "a whole number from 0 to 10 (seconds)". */
export function describe(bounds: NumberBounds): string {
  const parts = [bounds.integer === true ? 'a whole number' : 'a number'];
  if (bounds.min !== undefined) parts.push(`of at least ${bounds.min}`);
  if (bounds.above !== undefined) parts.push(`above ${bounds.above}`);
  if (bounds.max !== undefined) parts.push(parts.length > 1 ? `and at most ${bounds.max}` : `of at most ${bounds.max}`);
  if (bounds.unit !== undefined) parts.push(`(${bounds.unit})`);
  return parts.join(' ');
}

function parseIntOrRatio(value: unknown): IntOrRatio | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? { count: value } : undefined;
  if (typeof value !== 'string') return undefined;
  const percent = /^(\d+)%$/.exec(value);
  return percent === null ? undefined : { ratio: Number(percent[1]) / 100 };
}

function shown(node: Located | undefined): string {
  if (node === undefined) return 'nothing';
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return 'a list';
  const text = typeof node.value === 'number' ? String(node.value) : JSON.stringify(node.value);
  return text.length > 80 ? `\`${text.slice(0, 77)}...\`` : `\`${text}\``;
}
