/** Changing the content of input files by `--set` before it is understood. Apart because the same change must reach the simulator and, as files, a real cluster. */
import { didYouMean, knownWords, type ProblemList } from '../../base/errors.ts';
import { type Located, type LocatedMap, locate } from '../../base/yaml.ts';
import { fieldsUnder, knownFieldsOf } from './known-fields.ts';
import { type Change, isNull, parseChange, type Step } from './set-grammar.ts';
import type { SiteSource } from './sources.ts';

/** All changes of one reading, and which of them found something to change. */
export interface ChangeSet {
  readonly changes: readonly Change[];
  readonly matched: Set<Change>;
}

/** Understands the texts of all `--set`. */
export function parseChanges(texts: readonly string[], problems: ProblemList): ChangeSet {
  return { changes: texts.flatMap((text) => parseChange(text, problems) ?? []), matched: new Set() };
}

/** topology.yaml with the changes that are meant for it. */
export function applyToTopology(topology: Located, set: ChangeSet, problems: ProblemList): Located {
  let changed = topology;
  for (const change of set.changes) {
    if (change.target.kind !== 'topology') continue;
    set.matched.add(change);
    changed = changeAt(changed, change, change.path, undefined, problems);
  }
  return changed;
}

/** A site's documents with the changes that are meant for them. */
export function applyToSite(site: SiteSource, set: ChangeSet, problems: ProblemList): SiteSource {
  let changed = site;
  for (const change of set.changes) {
    const { target } = change;
    if (target.kind === 'topology' || (target.site !== '*' && target.site !== site.name)) continue;
    if (target.kind === 'kind-config') changed = changeKind(changed, change, set, problems);
    else changed = changeObjects(changed, change, set, problems);
  }
  return changed;
}

/** Adds a problem for every change that found no document; `ofScenario` are those that nobody typed. */
export function refuseUnmatched(
  set: ChangeSet,
  sites: readonly SiteSource[],
  ofScenario: readonly string[],
  problems: ProblemList,
): void {
  for (const change of set.changes) {
    if (set.matched.has(change) || change.target.kind === 'topology') continue;
    problems.add({
      message: ofScenario.includes(change.text)
        ? `The scenario sets \`${change.text}\`, but there is no such document`
        : `Expected \`--set ${change.text}\` to name a document, found none`,
      hint: hintFor(change.target, sites),
    });
  }
}

function hintFor(target: Exclude<Change['target'], { kind: 'topology' }>, sites: readonly SiteSource[]): string {
  const names = sites.map((site) => site.name);
  if (target.site !== '*' && !names.includes(target.site)) return knownWords('Sites', target.site, names);
  if (target.kind === 'kind-config') return 'The kind config could not be read.';
  const objects = sites
    .filter((site) => target.site === '*' || site.name === target.site)
    .flatMap((site) => site.objects);
  const known = [
    ...new Set(objects.map((object) => `${text(object, 'kind')}/${text(object.entries.get('metadata'), 'name')}`)),
  ];
  const near = didYouMean(`${target.objectKind}/${target.name}`, known);
  const alike = known.filter((one) => one.startsWith(`${target.objectKind}/`));
  return near ?? knownWords('Objects', '', alike.length === 0 ? known : alike);
}

function changeKind(site: SiteSource, change: Change, set: ChangeSet, problems: ProblemList): SiteSource {
  if (site.kind === undefined) return site;
  set.matched.add(change);
  return { ...site, kind: changeAt(site.kind, change, change.path, 'kind', problems) };
}

function changeObjects(site: SiteSource, change: Change, set: ChangeSet, problems: ProblemList): SiteSource {
  const { target } = change;
  if (target.kind !== 'object') return site;
  const objects = site.objects.flatMap((object) => {
    if (text(object, 'kind') !== target.objectKind || text(object.entries.get('metadata'), 'name') !== target.name)
      return [object];
    set.matched.add(change);
    if (change.path.length === 0) return [];
    return [changeAt(object, change, change.path, target.objectKind, problems) as LocatedMap];
  });
  return { ...site, objects };
}

function text(node: Located | undefined, key: string): string | undefined {
  const child = node?.kind === 'map' ? node.entries.get(key) : undefined;
  return child?.kind === 'scalar' ? String(child.value) : undefined;
}

/** A copy of the tree in which the path leads to the value. `documentKind` tells which fields may be added; undefined: any. */
function changeAt(
  root: Located,
  change: Change,
  path: readonly Step[],
  documentKind: string | undefined,
  problems: ProblemList,
): Located {
  const refuse = (message: string, hint?: string) =>
    problems.add({
      ...root.place,
      message: `Expected \`--set ${change.text}\` to fit the file: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    });
  const walk = (node: Located | undefined, depth: number): Located | undefined => {
    const step = path[depth];
    if (step === undefined) return isNull(change.value) ? undefined : asTextWhereNeeded(change.value, path);
    const at = path.slice(0, depth);
    if (typeof step === 'number') return walkList(node, step, depth, at);
    return walkMap(node, step, depth, at);
  };
  const walkList = (
    node: Located | undefined,
    index: number,
    depth: number,
    at: readonly Step[],
  ): Located | undefined => {
    const items = node?.kind === 'list' ? [...node.items] : [];
    const removing = isNull(change.value);
    if ((node !== undefined && node.kind !== 'list') || index > items.length - (removing ? 1 : 0)) {
      refuse(`\`${shown(at)}\` ${node?.kind === 'list' ? `has ${items.length} elements` : 'is no list'}`);
      return node;
    }
    const child = walk(items[index], depth + 1);
    items.splice(index, 1, ...(child === undefined ? [] : [child]));
    return { kind: 'list', items, place: node?.place ?? change.value.place };
  };
  const walkMap = (node: Located | undefined, key: string, depth: number, at: readonly Step[]): Located | undefined => {
    if (node !== undefined && node.kind !== 'map' && !isNull(node)) {
      refuse(`\`${shown(at)}\` is no mapping`);
      return node;
    }
    const map = node?.kind === 'map' ? node : undefined;
    const table = fieldsUnder(knownFieldsOf(documentKind), at);
    const unknown = table.length > 0 && !table.includes('*') && !table.includes(key);
    if (map?.entries.has(key) !== true && (isNull(change.value) || unknown)) {
      const known = [...new Set([...(map?.entries.keys() ?? []), ...table])].filter((name) => name !== '*');
      refuse(
        `there is no \`${key}\` in \`${at.length === 0 ? 'the document' : shown(at)}\``,
        knownWords('Fields', key, known),
      );
      return node;
    }
    const entries = new Map(map?.entries);
    const child = walk(map?.entries.get(key), depth + 1);
    if (child === undefined) entries.delete(key);
    else entries.set(key, child);
    const keys = new Map([...(map?.keys ?? []), [key, map?.keys.get(key) ?? change.value.place] as const]);
    return { kind: 'map', entries, keys, place: map?.place ?? change.value.place };
  };
  return walk(root, 0) ?? root;
}

/** Labels and annotations are texts in Kubernetes; on a command line nobody wishes to quote twice. */
function asTextWhereNeeded(value: Located, path: readonly Step[]): Located {
  const above = path.at(-2);
  if (value.kind !== 'scalar' || (above !== 'annotations' && above !== 'labels')) return value;
  return locate(String(value.value), value.place);
}

function shown(path: readonly Step[]): string {
  return path
    .map((step, i) =>
      typeof step === 'number' ? `[${step}]` : /^[\w-]+$/.test(step) ? `${i === 0 ? '' : '.'}${step}` : `["${step}"]`,
    )
    .join('');
}
