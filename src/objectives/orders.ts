/** Orders as the audit sees them: what was acknowledged, what was left open, what each database holds. Exact at any rate, because orders are ranges of integers. */
import { formatCount } from '../base/format.ts';
import { countOf, difference, formatRanges, type Range, type RangeSet, rangeSet } from '../base/ranges.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding } from '../domain/objective.ts';
import { unknown } from './finding.ts';

/** Sets of orders by the site that numbered them. */
export type OrderSets = Readonly<Record<string, RangeSet>>;

/** Everything acknowledged in the run, or everything with unknown outcome. */
export function ordersOf(run: FoldedRun, what: 'acknowledged' | 'indeterminate'): OrderSets {
  return unionOf(run.data.map((event) => event[what]));
}

/** Orders with unknown outcome as every site that took orders may hold them: a client that got no answer does not know where its order went (`-`), so it is open everywhere. */
export function openOrders(run: FoldedRun): OrderSets {
  const { '-': anywhere = [], ...known } = ordersOf(run, 'indeterminate');
  if (anywhere.length === 0) return known;
  const sites = run.started.sites.map((site) => ({ [site]: anywhere }));
  return unionOf([known, ...sites]);
}

/** Union by numbering site. */
export function unionOf(all: Iterable<OrderSets>): OrderSets {
  const ranges: Record<string, Range[]> = {};
  for (const sets of all)
    for (const [site, set] of Object.entries(sets)) {
      ranges[site] ??= [];
      for (const range of set) ranges[site].push(range);
    }
  return Object.fromEntries(Object.entries(ranges).map(([site, list]) => [site, rangeSet(list)]));
}

/** Orders of `a` that are not in `b`, by numbering site; sites without any are left out. */
export function without(a: OrderSets, b: OrderSets): OrderSets {
  const left = Object.entries(a).map(([site, set]) => [site, difference(set, b[site] ?? [])] as const);
  return Object.fromEntries(left.filter(([, set]) => set.length > 0));
}

/** How many orders. */
export function countOrders(sets: OrderSets): number {
  return Object.values(sets).reduce((sum, set) => sum + countOf(set), 0);
}

/** `east 17–19, 44; west 3`. */
export function nameOrders(sets: OrderSets): string {
  return Object.entries(sets)
    .map(([site, set]) => `${site} ${formatRanges(set)}`)
    .join('; ');
}

/** Why the audit cannot clear the run, if so: there was none, or nothing was acknowledged. */
export function auditDoubt(run: FoldedRun): Finding | undefined {
  if (run.audit === undefined) return unknown('not audited', 'the orders were not audited');
  if (countOrders(ordersOf(run, 'acknowledged')) === 0) {
    const kept = Object.keys(run.audit.held).length + Object.keys(run.audit.unreadable).length > 0;
    return unknown('not exercised', kept ? 'no order was acknowledged' : 'no database keeps orders here');
  }
  return undefined;
}

/** Databases that could not be read, in words; undefined when all could. */
export function unreadable(run: FoldedRun): string | undefined {
  const all = Object.entries(run.audit?.unreadable ?? {});
  return all.length === 0
    ? undefined
    : all.map(([database, why]) => `${database} could not be read: ${why}`).join('; ');
}

/** `131,220 acknowledged`. */
export function acknowledgedWords(run: FoldedRun): string {
  return `${formatCount(countOrders(ordersOf(run, 'acknowledged')))} acknowledged`;
}
