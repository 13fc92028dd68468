/** The text of one `--set`: `<document>:<path>=<value>` or `<document>=null`. Apart from its application because grammar and content fail in different words. */
import type { ProblemList } from '../../base/errors.ts';
import { type Located, parseYaml } from '../../base/yaml.ts';

/** One step of a path: a key, or an index of a list. */
export type Step = string | number;

/** A change to a topology's files, as understood. */
export interface Change {
  /** As written, for messages. */
  readonly text: string;
  readonly target:
    | { readonly kind: 'topology' }
    | { readonly kind: 'kind-config'; readonly site: string }
    | { readonly kind: 'object'; readonly site: string; readonly objectKind: string; readonly name: string };
  /** Empty: the document itself, which only `null` (delete) may be set to. */
  readonly path: readonly Step[];
  /** null deletes. */
  readonly value: Located;
}

const documentShape = /^(topology|[^/:=[\].]+\/kind|[^/:=[\].]+\/[A-Z]\w*\/[^/:=[\]]+)(?=[:=])/;

/** The change that a text means; undefined, with a problem, when it means none. */
export function parseChange(text: string, problems: ProblemList): Change | undefined {
  const refuse = (what: string) =>
    void problems.add({
      message: `Expected \`--set ${text}\` to ${what}`,
      hint: 'Write path=value for topology.yaml, site/kind:path=value, or site/Kind/name:path=value; site may be *, and the value null deletes.',
    });
  const document = documentShape.exec(text)?.[1];
  const rest = document === undefined ? text : text.slice(document.length).replace(/^:/, '');
  const equals = equalsOutsideBrackets(rest);
  if (equals === undefined) return refuse('hold a `=`');
  const path = parsePath(rest.slice(0, equals));
  if (path === undefined) return refuse('have a path of dotted keys, [index] and ["quoted.key"]');
  if (rest.slice(equals + 1).trim() === '') return refuse('hold a value (`null` deletes, `""` is an empty text)');
  const value = parseValue(rest.slice(equals + 1), text, problems);
  if (value === undefined) return undefined;
  if (
    path.length === 0 &&
    (!isNull(value) || document === undefined || document === 'topology' || document.endsWith('/kind'))
  )
    return refuse('name a path (only objects of manifests can be deleted as a whole)');
  return { text, target: targetOf(document ?? 'topology'), path, value };
}

/** Whether a value means "delete". */
export function isNull(value: Located): boolean {
  return value.kind === 'scalar' && value.value === null;
}

function targetOf(document: string): Change['target'] {
  if (document === 'topology') return { kind: 'topology' };
  const [site = '', objectKind = '', name] = document.split('/');
  return name === undefined ? { kind: 'kind-config', site } : { kind: 'object', site, objectKind, name };
}

function equalsOutsideBrackets(text: string): number | undefined {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    if (text[i] === '=' && !quoted) return i;
  }
  return undefined;
}

const stepShape = /\[(\d+)\]|\["([^"]+)"\]|\.?([^.[\]"\s]+)/y;

/** `a.b[0]["x.y/z"].c` as steps; undefined when it is not a path. */
export function parsePath(text: string): Step[] | undefined {
  const steps: Step[] = [];
  if (text.startsWith('.') || text.endsWith('.')) return undefined;
  stepShape.lastIndex = 0;
  while (stepShape.lastIndex < text.length) {
    const match = stepShape.exec(text);
    if (match === null) return undefined;
    steps.push(match[1] === undefined ? (match[2] ?? match[3]!) : Number(match[1]));
  }
  return steps;
}

function parseValue(text: string, whole: string, problems: ProblemList): Located | undefined {
  const place = `--set ${whole}`;
  const before = problems.problems.length;
  const parsed = parseYaml(text.includes('\n') ? JSON.stringify(text) : text, place, problems);
  if (problems.problems.length > before) return undefined;
  return parsed[0] ?? { kind: 'scalar', value: text.trim() === '""' ? '' : null, place: { file: place } };
}
