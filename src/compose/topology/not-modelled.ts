/** Collecting what the models do not know, each kind and field once. Apart because objectives ask it before they call anything met. */
import { dirname } from 'node:path';
import type { Place } from '../../base/errors.ts';
import type { Located } from '../../base/yaml.ts';
import { toPlain } from '../../base/yaml.ts';
import type { NotModelled } from '../../domain/topology.ts';
import { type Impact, isTree, type Known, type KnownTree } from './known-fields.ts';
import type { Owner, Reach } from './reach.ts';

/** Collects fields; the same field twice is kept at its first place, with both impacts. */
export interface NotModelledList {
  add(field: string, place: Place, impact: readonly Impact[]): void;
  /** Every field of the tree that the table does not know. `name` opens the path: `Deployment`. */
  compare(name: string, node: Located, known: KnownTree): void;
  /** The same list, for the fields of one object: only what depends on that object is touched by them where the impact says so. */
  of(owner: Owner): NotModelledList;
  /** All of it, impacts replaced by the names of what is measured. */
  list(businessServices: readonly string[], reach: (owner: Owner) => Reach): NotModelled[];
}

interface Found {
  readonly place: Place;
  readonly impacts: { readonly impact: Impact; readonly owner: Owner | undefined }[];
}

/** An empty list. */
export function createNotModelledList(): NotModelledList {
  return listInto(new Map(), undefined);
}

function listInto(found: Map<string, Found>, owner: Owner | undefined): NotModelledList {
  const add = (field: string, place: Place, impact: readonly Impact[]) => {
    const entry = found.get(field) ?? { place, impacts: [] };
    for (const one of impact) entry.impacts.push({ impact: one, owner });
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
    of: (object) => listInto(found, object),
    list: (businessServices, reach) =>
      [...found].map(([field, entry]) => notModelled(field, entry, businessServices, reach)),
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
  { place, impacts }: Found,
  businessServices: readonly string[],
  reach: (owner: Owner) => Reach,
): NotModelled {
  const things = impacts.flatMap(({ impact, owner }) => measured(impact, owner, businessServices, reach));
  const line = place.line === undefined ? {} : { line: place.line };
  const couldChange = things.includes('*') ? ['*'] : [...new Set(things)];
  return { field, file: place.file ?? dirname('.'), ...line, couldChange };
}

/** What is measured of an impact. Pods that no business service reaches are still pods of a workload, which objectives may ask about. */
function measured(
  impact: Impact,
  owner: Owner | undefined,
  businessServices: readonly string[],
  reach: (owner: Owner) => Reach,
): readonly string[] {
  if (impact === 'services' || (impact === 'served' && owner === undefined)) return businessServices;
  if (impact === 'api') return ['api.write', 'api.read'];
  if (impact === 'scaled') return owner === undefined || reach(owner).scaled ? ['autoscaling'] : [];
  if (impact !== 'served' || owner === undefined) return [impact];
  const { services } = reach(owner);
  return services.length === 0 && owner.kind !== 'Service' ? ['workloads'] : services;
}
