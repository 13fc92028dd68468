/** Orders that customers were told had succeeded, from the balancer's log. Apart because a promotion must name what the new primary lacks of them at once, when the old one may be gone. */
import { difference, type RangeSet } from '../../../base/ranges.ts';
import { parseAccessLine } from '../../../domain/access-log.ts';
import { rangesOf, type SiteRanges } from './audit-fold.ts';

/** The log's orders. */
export interface AcceptedOrders {
  line(text: string): void;
  /** Accepted until `untilMs` (ms since 1970) and not in `held`, with the time of the oldest such. */
  missing(held: SiteRanges, untilMs: number): { readonly orders: SiteRanges; readonly oldestMs: number | undefined };
}

/** Nothing accepted yet. */
export function createAcceptedOrders(): AcceptedOrders {
  /** By site: order → when its answer went out. */
  const times = new Map<string, Map<number, number>>();
  return {
    line: (text) => {
      const line = parseAccessLine(text);
      if (line?.order === undefined || line.site === undefined || (line.status ?? 500) >= 300) return;
      if (line.tookMs === undefined || line.ending[0] === 'C') return;
      const own = times.get(line.site) ?? new Map<number, number>();
      times.set(line.site, own);
      if (!own.has(line.order)) own.set(line.order, line.acceptedMs + line.tookMs);
    },
    missing: (held, untilMs) => {
      let oldestMs: number | undefined;
      const orders: Record<string, RangeSet> = {};
      for (const [site, own] of times) {
        const known = rangesOf(
          [...own]
            .filter(([, at]) => at <= untilMs)
            .map(([id]) => id)
            .sort((a, b) => a - b),
        );
        const lost = difference(known, held[site] ?? []);
        if (lost.length === 0) continue;
        orders[site] = lost;
        for (const [from, to] of lost)
          for (let id = from; id < to; id++) oldestMs = Math.min(oldestMs ?? Number.POSITIVE_INFINITY, own.get(id)!);
      }
      return { orders, oldestMs };
    },
  };
}
