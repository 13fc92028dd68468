/** The audit as a fold over rows. Apart because it is pure: what is lost, doubled, back from the dead or in conflict follows from keys and hashes alone. */
import { intersection, type Range, type RangeSet, rangeSet } from '../../../base/ranges.ts';
import type { Audit } from '../../../domain/event.ts';

/** One row of orders: key and a hash of the rest. */
export type OrderRow = readonly [id: number, site: string, hash: string];

/** Orders by the site that accepted them. */
export type SiteRanges = Readonly<Record<string, RangeSet>>;

/** What one database holds. */
export interface HeldOrders {
  readonly held: SiteRanges;
  /** Held more than once: several rows of one key, or one id accepted by several sites (then all but the first site by name). */
  readonly duplicated: SiteRanges;
  /** Value by key, ascending by id, for comparison with others. */
  readonly values: ReadonlyMap<string, { readonly ids: readonly number[]; readonly hashes: readonly string[] }>;
}

/** Takes rows in ascending order of id, then site. */
export interface OrderFold {
  take(row: OrderRow): void;
  done(): HeldOrders;
}

/** A fold over the rows of one database. */
export function createOrderFold(): OrderFold {
  const ids = new Map<string, { ids: number[]; hashes: string[] }>();
  const doubled = new Map<string, Range[]>();
  let last: { readonly id: number; readonly site: string } | undefined;
  return {
    take: ([id, site, hash]) => {
      const own = ids.get(site) ?? { ids: [], hashes: [] };
      ids.set(site, own);
      if (last?.id === id) doubled.set(site, [...(doubled.get(site) ?? []), [id, id + 1]]);
      if (last?.id !== id || last.site !== site) {
        own.ids.push(id);
        own.hashes.push(hash);
      }
      last = { id, site };
    },
    done: () => ({
      held: Object.fromEntries([...ids].map(([site, own]) => [site, rangesOf(own.ids)])),
      duplicated: Object.fromEntries([...doubled].map(([site, ranges]) => [site, rangeSet(ranges)])),
      values: ids,
    }),
  };
}

/** Ascending whole numbers as ranges. */
export function rangesOf(ids: readonly number[]): RangeSet {
  const out: [number, number][] = [];
  for (const id of ids) {
    const last = out.at(-1);
    if (last !== undefined && last[1] === id) last[1]++;
    else out.push([id, id + 1]);
  }
  return out;
}

/** Keys that both hold with different values. */
export function countConflicts(a: HeldOrders, b: HeldOrders): number {
  let conflicts = 0;
  for (const [site, left] of a.values) {
    const right = b.values.get(site);
    if (right === undefined) continue;
    let j = 0;
    left.ids.forEach((id, i) => {
      while (j < right.ids.length && right.ids[j]! < id) j++;
      if (right.ids[j] === id && right.hashes[j] !== left.hashes[i]) conflicts++;
    });
  }
  return conflicts;
}

/** The event. `writtenOff`: by database, what was given up when it was promoted; held all the same, it came back. */
export function foldAudit(
  databases: ReadonlyMap<string, HeldOrders>,
  about: {
    readonly pairs: readonly (readonly [string, string])[];
    readonly writtenOff: ReadonlyMap<string, SiteRanges>;
    readonly unreadable: Readonly<Record<string, string>>;
  },
): Audit {
  const by = (pick: (orders: HeldOrders, key: string) => SiteRanges, keepEmpty: boolean) =>
    Object.fromEntries(
      [...databases]
        .map(([key, orders]) => [key, pick(orders, key)] as const)
        .filter(([, sets]) => keepEmpty || !isEmpty(sets)),
    );
  return {
    type: 'audit',
    held: by(({ held }) => held, true),
    duplicated: by(({ duplicated }) => duplicated, false),
    resurrected: by(({ held }, key) => common(held, about.writtenOff.get(key) ?? {}), false),
    conflicts: about.pairs.reduce((sum, [a, b]) => {
      const [left, right] = [databases.get(a), databases.get(b)];
      return left === undefined || right === undefined ? sum : sum + countConflicts(left, right);
    }, 0),
    unreadable: about.unreadable,
  };
}

function common(a: SiteRanges, b: SiteRanges): SiteRanges {
  const both = Object.entries(a).map(([site, ranges]) => [site, intersection(ranges, b[site] ?? [])] as const);
  return Object.fromEntries(both.filter(([, ranges]) => ranges.length > 0));
}

const isEmpty = (sets: SiteRanges) => Object.values(sets).every((set) => set.length === 0);
