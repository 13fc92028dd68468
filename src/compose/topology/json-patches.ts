/** Patches inside a kind config: YAML inside YAML, and JSON 6902 patches turned into the merge patches that they amount to. Apart from what the patches mean. */
import { createProblemList } from '../../base/errors.ts';
import { type Located, type LocatedMap, locate, parseYaml } from '../../base/yaml.ts';
import { createField, type Field } from './field.ts';
import type { NotModelledList } from './not-modelled.ts';

/** The documents in a patch's text; everything inside is pointed at where the patch stands. */
export function parsePatch(text: string, patch: Field): Field[] {
  const inside = createProblemList();
  const documents = parseYaml(text, patch.place.file ?? '', inside);
  for (const problem of inside.problems) patch.complain(problem.message);
  return documents.map((document) => createField(moved(document, patch), patch.path, patch.place, patch.problems));
}

/** One merge patch per operation that adds or replaces. An operation that takes something away could change everything and is named; a test changes nothing. */
export function jsonPatches(patches: Field, notModelled: NotModelledList): Field[] {
  return patches.items().flatMap((patch) => {
    const kind = patch.get('kind').required().text() ?? '';
    const text = patch.get('patch').required().text();
    const operations = text === undefined ? [] : parsePatch(text, patch.get('patch')).flatMap((list) => list.items());
    return operations.flatMap((operation) => {
      const path = operation.get('path').required().text() ?? '';
      const op = operation
        .get('op')
        .required()
        .oneOf(['add', 'replace', 'remove', 'move', 'copy', 'test'] as const);
      if (op === 'test') return [];
      if (op === 'add' || op === 'replace') return [asMergePatch(kind, path, operation)];
      const name = [kind, ...stepsOf(path)].join('.');
      notModelled.add(`kind.kubeadmConfigPatchesJSON6902.${name} (${op})`, operation.place, ['*']);
      return [];
    });
  });
}

/** `/apiServer/certSANs/-` with a value becomes `apiServer: { certSANs: [value] }`. */
function asMergePatch(kind: string, path: string, operation: Field): Field {
  const { place } = operation;
  const value = operation.get('value').node ?? locate(null, place);
  const nested = stepsOf(path).reduceRight<Located>(
    (inner, step) => (/^(-|\d+)$/.test(step) ? { kind: 'list', items: [inner], place } : single(step, inner)),
    value,
  );
  const entries = nested.kind === 'map' ? [...nested.entries] : [];
  const document = new Map([['kind', locate(kind, place)] as const, ...entries]);
  const keys = new Map([...document.keys()].map((key) => [key, place] as const));
  return createField({ kind: 'map', entries: document, keys, place }, operation.path, place, operation.problems);
}

function single(key: string, value: Located): LocatedMap {
  const { place } = value;
  return { kind: 'map', entries: new Map([[key, value]]), keys: new Map([[key, place]]), place };
}

/** Steps of a JSON pointer (RFC 6901). */
function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function moved(node: Located, patch: Field): Located {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => moved(item, patch)), place: patch.place };
  if (node.kind === 'map')
    return {
      ...node,
      entries: new Map([...node.entries].map(([key, value]) => [key, moved(value, patch)])),
      place: patch.place,
    };
  return { ...node, place: patch.place };
}
