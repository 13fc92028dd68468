/** YAML and JSON text as trees in which every value knows its file, line and column. Apart because every reader of input files complains by place, and changes values before it understands them. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { Place, ProblemList } from './errors.ts';

/** A scalar as YAML 1.2 (core schema) understands it. */
export type Scalar = string | number | boolean | null;

/** A value with its place. Immutable: a change gives a new tree. */
export type Located =
  | { readonly kind: 'scalar'; readonly value: Scalar; readonly place: Place }
  | { readonly kind: 'list'; readonly items: readonly Located[]; readonly place: Place }
  | LocatedMap;

/** A mapping with string keys, in the order of the file. */
export interface LocatedMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Located>;
  /** Where each key stands. */
  readonly keys: ReadonlyMap<string, Place>;
  readonly place: Place;
}

/** Anchors may be repeated, but a document whose aliases unfold to more values than this is refused: each alias of an alias multiplies. */
const aliasedMax = 20_000;

/** All documents of a text, empty ones left out. Syntax errors, duplicate keys and endless aliases become problems; never throws. */
export function parseYaml(text: string, file: string, problems: ProblemList): Located[] {
  const lines = new LineCounter();
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'silent',
      merge: true,
    });
    const documents = Array.isArray(parsed) ? parsed : [];
    return documents.flatMap((document) =>
      fromDocument(document, { file, lines, problems, budget: { left: aliasedMax, depth: 0 } }),
    );
  } catch (error) {
    const reason = error instanceof TreeError ? error.message : 'it is nested too deeply';
    problems.add({
      file,
      ...(error instanceof TreeError ? error.place : {}),
      message: `Expected readable YAML, but ${reason}`,
    });
    return [];
  }
}

/** A plain value (as from JSON) as a tree, all of it at one place. */
export function locate(value: unknown, place: Place): Located {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => locate(item, place)), place };
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value);
    const entries = new Map(pairs.map(([key, item]) => [key, locate(item, place)]));
    return { kind: 'map', entries, keys: new Map(pairs.map(([key]) => [key, place])), place };
  }
  return { kind: 'scalar', value: value as Scalar, place };
}

/** The tree without places, as `JSON.parse` would give it. */
export function toPlain(node: Located): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toPlain);
  return Object.fromEntries([...node.entries].map(([key, value]) => [key, toPlain(value)]));
}

class TreeError extends Error {
  readonly place: Place;
  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

interface Source {
  readonly file: string;
  readonly lines: LineCounter;
  readonly problems: ProblemList;
  /** Values that aliases may still unfold to, and how many aliases deep the reader is. */
  readonly budget: { left: number; depth: number };
}

function fromDocument(document: Document.Parsed | Document, source: Source): Located[] {
  for (const error of document.errors) {
    const message = error.message.split('\n')[0] ?? error.code;
    source.problems.add({ ...placeAt(source, error.pos[0]), message: `Expected valid YAML: ${message}` });
  }
  if (document.errors.length > 0 || document.contents === null) return [];
  const root = convert(document.contents as Node, document as Document, source, []);
  return root.kind === 'scalar' && root.value === null ? [] : [root];
}

function placeAt(source: Source, offset: number | undefined): Place {
  if (offset === undefined) return { file: source.file };
  const { line, col } = source.lines.linePos(offset);
  return { file: source.file, line: Math.max(1, line), column: Math.max(1, col) };
}

function convert(node: Node | null, document: Document, source: Source, above: readonly Node[]): Located {
  const place = placeAt(source, node?.range?.[0]);
  if (source.budget.depth > 0) source.budget.left -= 1;
  if (source.budget.left < 0) throw new TreeError(`its aliases unfold to more than ${aliasedMax} values`, place);
  if (node === null) return { kind: 'scalar', value: null, place };
  if (isAlias(node)) {
    const target = node.resolve(document);
    if (target === undefined || above.includes(target))
      throw new TreeError(`the alias *${node.source} contains itself`, place);
    source.budget.depth += 1;
    const unfolded = convert(target, document, source, [...above, target]);
    source.budget.depth -= 1;
    return unfolded;
  }
  const inside = node.anchor === undefined ? above : [...above, node];
  if (isSeq(node))
    return { kind: 'list', items: node.items.map((item) => convert(item as Node, document, source, inside)), place };
  if (isMap(node)) return convertMap(node.items as readonly Pair[], place, document, source, inside);
  return { kind: 'scalar', value: isScalar(node) ? scalarOf(node.value) : null, place };
}

type Pair = { readonly key: Node | null; readonly value: Node | null };

function convertMap(
  pairs: readonly Pair[],
  place: Place,
  document: Document,
  source: Source,
  above: readonly Node[],
): Located {
  const entries = new Map<string, Located>();
  const keys = new Map<string, Place>();
  const merged: Located[] = [];
  for (const { key, value } of pairs) {
    const name = isScalar(key) ? String(scalarOf(key.value)) : String(key);
    if (isMap(key) || isSeq(key))
      source.problems.add({
        ...placeAt(source, key.range?.[0]),
        message: 'Expected a text as key, got a mapping or a list',
      });
    const node = convert(value, document, source, above);
    if (name === '<<') merged.push(...(node.kind === 'list' ? node.items : [node]));
    else {
      entries.set(name, node);
      keys.set(name, placeAt(source, key?.range?.[0]));
    }
  }
  for (const node of merged) mergeInto(entries, keys, node);
  return { kind: 'map', entries, keys, place };
}

function mergeInto(entries: Map<string, Located>, keys: Map<string, Place>, node: Located): void {
  if (node.kind !== 'map') return;
  for (const [key, value] of node.entries) {
    if (entries.has(key)) continue;
    entries.set(key, value);
    keys.set(key, node.keys.get(key) ?? node.place);
  }
}

/** Merge keys are symbols inside the parser; everything that is not a plain scalar is shown as text. */
function scalarOf(value: unknown): Scalar {
  if (typeof value === 'symbol') return '<<';
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return String(value);
}
