/** Sets of orders of several sites: every site numbers its own, so a set is one range set per site. Apart because databases, streams and audits all speak in it. */
import { countOf, difference, intersection, type Range, type RangeSet, rangeSet } from '../../../base/ranges.ts';
import type { SiteName } from '../../model.ts';
import { createGrowingSet, type GrowingSet } from './growing-set.ts';

/** Range sets by the site that numbered the orders. */
export type SiteRanges = Readonly<Record<SiteName, RangeSet>>;

/** A mutable {@link SiteRanges}. */
export interface SiteOrders {
  /** Adds orders of a site; gives what of them was there before. */
  add(site: SiteName, range: Range): RangeSet;
  addAll(orders: SiteRanges): void;
  /** Nothing was added since it was made or cleared. */
  readonly empty: boolean;
  clear(): void;
  /** Sites in order of first sight; valid until the next addition. */
  live(): SiteRanges;
  /** A copy; sites without orders are left out. */
  snapshot(): SiteRanges;
}

/** An empty {@link SiteOrders}. */
export function createSiteOrders(): SiteOrders {
  const bySite = new Map<SiteName, GrowingSet>();
  let live: Record<SiteName, RangeSet> = {};
  const add = (site: SiteName, range: Range) => {
    let set = bySite.get(site);
    if (set === undefined) {
      set = createGrowingSet();
      bySite.set(site, set);
    }
    const before = set.add(range);
    live[site] = set.live;
    return before;
  };
  return {
    get empty() {
      return bySite.size === 0;
    },
    add,
    addAll: (orders) => {
      for (const [site, ranges] of Object.entries(orders)) for (const range of ranges) add(site, range);
    },
    clear: () => {
      bySite.clear();
      live = {};
    },
    live: () => live,
    snapshot: () =>
      Object.fromEntries(
        [...bySite].map(([site, set]) => [site, set.snapshot()] as const).filter(([, set]) => set.length > 0),
      ),
  };
}

/** What is in `a` and not in `b`; sites without any are left out. */
export function without(a: SiteRanges, b: SiteRanges): SiteRanges {
  return combine(a, b, difference);
}

/** What is in both; sites without any are left out. */
export function common(a: SiteRanges, b: SiteRanges): SiteRanges {
  return combine(a, b, intersection);
}

/** All orders of all of them. */
export function mergeAll(sets: readonly SiteRanges[]): SiteRanges {
  const bySite: Record<SiteName, Range[]> = {};
  for (const set of sets)
    for (const site of Object.keys(set)) {
      bySite[site] ??= [];
      bySite[site].push(...set[site]!);
    }
  return Object.fromEntries(Object.entries(bySite).map(([site, ranges]) => [site, rangeSet(ranges)]));
}

/** Whether no order is in the set. */
export function isEmpty(orders: SiteRanges): boolean {
  for (const site in orders) if (orders[site]!.length > 0) return false;
  return true;
}

/** How many orders. */
export function countOrders(orders: SiteRanges): number {
  return Object.values(orders).reduce((sum, ranges) => sum + countOf(ranges), 0);
}

function combine(a: SiteRanges, b: SiteRanges, operate: (a: RangeSet, b: RangeSet) => RangeSet): SiteRanges {
  const out: Record<SiteName, RangeSet> = {};
  for (const site of Object.keys(a)) {
    const ranges = operate(a[site]!, b[site] ?? []);
    if (ranges.length > 0) out[site] = ranges;
  }
  return out;
}
