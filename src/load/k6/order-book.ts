/** Which orders customers were told had succeeded, and which were left open, since the last time that it was told. Apart from the traffic because the audit asks by number, not by time. */
import { type RangeSet, rangeSet } from '../../base/ranges.ts';
import type { DataState } from '../../domain/event.ts';

/** Orders that have not been told of. */
export interface OrderBook {
  /** `site`: `-` when nobody knows where it went. */
  add(what: 'acknowledged' | 'indeterminate', site: string, order: number): void;
  /** Everything since the last call; undefined when there was nothing. Log positions are somebody else's. */
  take(): DataState | undefined;
}

/** An empty book. */
export function createOrderBook(): OrderBook {
  let acknowledged = new Map<string, number[]>();
  let indeterminate = new Map<string, number[]>();
  return {
    add: (what, site, order) => {
      const sets = what === 'acknowledged' ? acknowledged : indeterminate;
      const orders = sets.get(site);
      if (orders === undefined) sets.set(site, [order]);
      else orders.push(order);
    },
    take: () => {
      if (acknowledged.size + indeterminate.size === 0) return undefined;
      const state = { acknowledged: setsOf(acknowledged), indeterminate: setsOf(indeterminate) };
      acknowledged = new Map();
      indeterminate = new Map();
      return { type: 'data', ...state, lag: {} };
    },
  };
}

function setsOf(orders: ReadonlyMap<string, readonly number[]>): Readonly<Record<string, RangeSet>> {
  return Object.fromEntries(
    [...orders].map(([site, list]) => [site, rangeSet(list.map((order) => [order, order + 1] as const))]),
  );
}
