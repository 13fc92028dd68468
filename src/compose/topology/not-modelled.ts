/** Collecting what the models do not know, each kind and field once. Apart because objectives ask it before they call anything met. */
import { dirname } from 'node:path';
import type { Place } from '../../base/errors.ts';
import type { Located } from '../../base/yaml.ts';
import { toPlain } from '../../base/yaml.ts';
import type { NotModelled } from '../../domain/topology.ts';
import { type Impact, isTree, type Known, type KnownTree } from './known-fields.ts';

/** Collects fields; the same field twice is kept at its first place, with both impacts. */
export interface NotModelledList {
  add(field: string, place: Place, impact: readonly Impact[]): void;
  /** Every field of the tree that the table does not know. `name` opens the path: `Deployment`. */
  compare(name: string, node: Located, known: KnownTree): void;
  /** All of it, `services` and `api` replaced by the names of SLIs. */
  list(businessServices: readonly string[]): NotModelled[];
}

/** An empty list. */
export function createNotModelledList(): NotModelledList {
  const found = new Map<string, { place: Place; impact: Set<Impact> }>();
  const add = (field: string, place: Place, impact: readonly Impact[]) => {
    const entry = found.get(field) ?? { place, impact: new Set<Impact>() };
    for (const one of impact) entry.impact.add(one);
    found.set(field, entry);
  };
  const compare = (name: string, node: Located, known: Known | undefined) => {
    if (known === true) return;
    if (known === undefined) add(name, node.place, ['*']);
    else if (!isTree(known)) compareLeaf(name, node, known, add);
    else compareTree(name, node, known);
  };
  const compareTree = (name: string, node: Located, known: KnownTree) => {
    if (node.kind === 'list') for (const item of node.items) compare(name, item, known);
    if (node.kind === 'map')
      for (const [key, child] of node.entries) compare(`${name}.${key}`, child, known.fields[key] ?? known.fields['*']);
  };
  return {
    add,
    compare,
    list: (businessServices) =>
      [...found].map(([field, { place, impact }]) => notModelled(field, place, impact, businessServices)),
  };
}

type Leaf = Exclude<Known, true | KnownTree>;

function compareLeaf(name: string, node: Located, known: Leaf, add: NotModelledList['add']): void {
  if (node.kind === 'scalar' && node.value === null) return;
  if (!('fine' in known)) add(name, node.place, known);
  else if (!known.fine.includes(toPlain(node))) add(name, node.place, known.impact);
}

function notModelled(
  field: string,
  place: Place,
  impact: ReadonlySet<Impact>,
  businessServices: readonly string[],
): NotModelled {
  const couldChange = [...impact].flatMap((one) =>
    one === 'services' ? businessServices : one === 'api' ? ['api.write', 'api.read'] : [one],
  );
  const line = place.line === undefined ? {} : { line: place.line };
  return { field, file: place.file ?? dirname('.'), ...line, couldChange: impact.has('*') ? ['*'] : couldChange };
}
