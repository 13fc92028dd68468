/** The second witness of every request: the load balancer's log. Apart from the client because the two must not believe each other; it also knows the site of requests that were never answered. */

import { formatCount } from '../../base/format.ts';
import { type AccessLine, parseAccessLine } from '../../domain/access-log.ts';
import type { Stop } from '../../domain/event.ts';

/** Hands on every line of the load balancer's log from now on. */
export type WitnessSource = (take: (line: string) => void) => Stop;

/** What was seen at one site; `-`: at none. */
export interface SiteCount {
  /** Answered with 2xx. */
  ok: number;
  /** Everything else. */
  other: number;
}

/** Counts of one side, by site. */
export type SiteCounts = Readonly<Record<string, Readonly<SiteCount>>>;

/** What the log said. */
export interface Witness {
  /** Takes a raw line; others than those of this load's own orders are passed over. */
  take(line: string): void;
  /** Where an order went; undefined when its line has not come, or came long ago. */
  siteOf(order: number): string | undefined;
  counts(): SiteCounts;
}

/** Lines whose site is remembered: about the last ten seconds at the highest rate that is planned. */
const rememberedMax = 20_000;

/** A witness of the orders for which `isOurs` holds. `onOther` hears of all other requests. */
export function createWitness(
  isOurs: (order: number) => boolean,
  onOther: (seen: AccessLine) => void = () => {},
): Witness {
  const sites = new Map<number, string>();
  const counts: Record<string, SiteCount> = {};
  const remember = (order: number, site: string) => {
    sites.set(order, site);
    if (sites.size > rememberedMax) sites.delete(sites.keys().next().value!);
  };
  return {
    take: (line) => {
      const seen = parseAccessLine(line);
      if (seen === undefined) return;
      if (seen.order === undefined || !isOurs(seen.order)) return onOther(seen);
      const site = seen.site ?? '-';
      if (seen.site !== undefined) remember(seen.order, site);
      countIn(counts, site, isServed(seen));
    },
    siteOf: (order) => sites.get(order),
    counts: () => counts,
  };
}

/** Counts one more request. */
export function countIn(counts: Record<string, SiteCount>, site: string, served: boolean): void {
  counts[site] ??= { ok: 0, other: 0 };
  counts[site][served ? 'ok' : 'other']++;
}

/** Whether the load balancer answered with 2xx. */
export function isServed({ status = 0 }: AccessLine): boolean {
  return status >= 200 && status < 300;
}

/** What the client counted. */
export interface ClientCounts {
  readonly sites: SiteCounts;
  /** Ended without an answer, cut off, or still open: the load balancer may have seen them, as whatever. */
  readonly open: number;
  /** Definite failures in front of the load balancer, which it cannot have seen. */
  readonly unseen: number;
}

/**
 * Where client and load balancer disagree, in words; empty when they agree. At each site the load balancer must have served what the client was told, and no more than that and what is open;
 * in all it must have seen every request that was answered. A log without a line at all says that it was not there.
 */
export function disagreements(client: ClientCounts, witness: SiteCounts): readonly string[] {
  if (total(witness) === 0) return total(client.sites) === 0 ? [] : ['the load balancer logged nothing'];
  const sites = [...new Set([...Object.keys(client.sites), ...Object.keys(witness)])].filter((site) => site !== '-');
  const words = sites.flatMap((site) => {
    const told = client.sites[site]?.ok ?? 0;
    const seen = witness[site]?.ok ?? 0;
    if (seen >= told && seen <= told + client.open) return [];
    return [`${site} served ${formatCount(told)} by the client's log, ${formatCount(seen)} by the load balancer's`];
  });
  const answered = total(client.sites) - client.unseen;
  const seen = total(witness);
  if (seen >= answered && seen <= answered + client.open) return words;
  return [
    ...words,
    `${formatCount(answered)} requests were answered by the client's log, ${formatCount(seen)} seen by the load balancer's`,
  ];
}

function total(counts: SiteCounts): number {
  return Object.values(counts).reduce((sum, { ok, other }) => sum + ok + other, 0);
}
