/**
 * The books of one channel: requests as they start and end become stretches of 100 ms per site, in which every request is accounted for.
 * Apart because of one difficulty: which site a request went to is known when it ends, and stretches are told before slow requests have ended.
 *
 * A stretch is told a moment after it is over, so nearly all of its requests have ended and their site is known. The rest are booked by a guess (where slow requests last ended,
 * else `-`) and stay in that site's books as a number. When a slow request ends, it takes a place in the books of its true site: one that is in flight there, or that of a request just asked
 * whose site is not known either. Only when there is neither, it ends where it was booked. So the sum of asked, of ended and of in flight over all sites is always exact, each in its own stretch,
 * and the split between the sites is exact for what ends in time and as good as the guess for the rest.
 */
import type { FailureReason, Traffic } from '../../domain/event.ts';
import type { Outcome } from './client-log.ts';
import { createSlowSites } from './slow-sites.ts';

/** Width of a stretch, ms. */
export const stretchMs = 100;

/** How a request ended. */
export interface Ended {
  readonly atMs: number;
  readonly outcome: Outcome;
  readonly tookMs: number;
}

/** A request that has not been told in full. */
interface Request {
  readonly key: number;
  readonly stretch: number;
  /** In the books already as asked, with its site known or guessed. */
  told: boolean;
  guessed: boolean;
  end?: Ended & { readonly stretch: number };
}

/** The books of one channel. Times are of the platform's clock, ms. */
export interface StretchBook {
  /** A request started. `key`: its order. What comes after its stretch was told is booked in the next one. */
  start(key: number, atMs: number): void;
  /** It ended; one that never started is passed over. */
  end(key: number, ended: Ended): void;
  /** Takes back requests that were cut off by whoever asks: those not yet told count as never asked and are given back, the others are indeterminate. */
  cut(keys: Iterable<number>, atMs: number): readonly number[];
  /** Requests that have not ended. */
  open(): Iterable<number>;
  /** Tells every stretch that ends at or before `untilMs`. */
  close(untilMs: number): void;
}

/** What books of a channel need to know. */
export interface BookOptions {
  readonly service: string;
  readonly channel: string;
  /** Stretches before this are not told. */
  readonly fromMs: number;
  /** The site of a request that has ended, `-` when nobody knows; asked when its stretch is told. */
  readonly siteOf: (key: number) => string;
  /** Called once per request that ended, when its stretch is told, with its true site. */
  readonly onEnded?: (key: number, ended: Ended, site: string) => void;
  readonly publish: (traffic: Traffic) => void;
}

/** One site's sums of one stretch. */
interface Sums {
  asked: number;
  ok: number;
  indeterminate: number;
  readonly failed: Partial<Record<FailureReason, number>>;
  readonly latency: Map<number, number>;
}

/** Empty books. */
export function createStretchBook({ service, channel, fromMs, siteOf, onEnded, publish }: BookOptions): StretchBook {
  const requests = new Map<number, Request>();
  const starts = new Map<number, Request[]>();
  const ends = new Map<number, Request[]>();
  const inFlight = new Map<string, number>();
  const slow = createSlowSites();
  let next = Math.ceil(fromMs / stretchMs);
  const stretchAt = (atMs: number) => Math.max(next, Math.floor(atMs / stretchMs));
  const add = (map: Map<string, number>, site: string, by: number) => map.set(site, (map.get(site) ?? 0) + by);

  const settle = (request: Request, ended: Ended) => {
    const stretch = Math.max(request.stretch, stretchAt(ended.atMs));
    request.end = { ...ended, stretch };
    push(ends, stretch, request);
  };
  const tell = (stretch: number) => {
    const sums = new Map<string, Sums>();
    const of = (site: string) => sums.get(site) ?? newSums(sums, site);
    let unknown = 0;
    for (const request of starts.get(stretch) ?? []) {
      if (request.end?.stretch === stretch) continue;
      request.told = true;
      if (request.end === undefined) {
        request.guessed = true;
        unknown++;
        continue;
      }
      const site = siteOf(request.key);
      of(site).asked++;
      add(inFlight, site, 1);
    }
    for (const { key, told, guessed, end } of ends.get(stretch) ?? []) {
      requests.delete(key);
      const site = siteOf(key);
      onEnded?.(key, end!, site);
      if (guessed) slow.ended(site);
      if (!told) of(site).asked++;
      else if ((inFlight.get(site) ?? 0) > 0) add(inFlight, site, -1);
      else if (unknown > 0) {
        unknown--;
        of(site).asked++;
      } else {
        const booked = mostIn(inFlight);
        add(inFlight, booked, -1);
        book(of(booked), end!);
        continue;
      }
      book(of(site), end!);
    }
    for (const [site, count] of slow.guess(unknown)) {
      of(site).asked += count;
      add(inFlight, site, count);
    }
    starts.delete(stretch);
    ends.delete(stretch);
    for (const site of sums.keys()) if (!inFlight.has(site)) inFlight.set(site, 0);
    for (const [site, waiting] of inFlight) publish(trafficOf(site, stretch, sums.get(site), waiting));
  };
  const trafficOf = (site: string, stretch: number, sums: Sums | undefined, waiting: number): Traffic => ({
    type: 'traffic',
    service,
    site,
    channel,
    fromMs: stretch * stretchMs,
    toMs: (stretch + 1) * stretchMs,
    asked: sums?.asked ?? 0,
    ok: sums?.ok ?? 0,
    failed: sums?.failed ?? {},
    indeterminate: sums?.indeterminate ?? 0,
    inFlight: waiting,
    latency: sums === undefined ? [] : [...sums.latency].sort(([a], [b]) => a - b),
  });
  return {
    start: (key, atMs) => {
      const request: Request = { key, stretch: stretchAt(atMs), told: false, guessed: false };
      requests.set(key, request);
      push(starts, request.stretch, request);
    },
    end: (key, ended) => {
      const request = requests.get(key);
      if (request !== undefined && request.end === undefined) settle(request, ended);
    },
    cut: (keys, atMs) => {
      const unasked: number[] = [];
      for (const key of [...keys]) {
        const request = requests.get(key);
        if (request === undefined || request.end !== undefined) continue;
        if (request.told) {
          settle(request, { atMs, outcome: 'indeterminate', tookMs: 0 });
          continue;
        }
        requests.delete(key);
        const same = starts.get(request.stretch)!;
        same.splice(same.indexOf(request), 1);
        unasked.push(key);
      }
      return unasked;
    },
    open: function* () {
      for (const [key, { end }] of requests) if (end === undefined) yield key;
    },
    close: (untilMs) => {
      while ((next + 1) * stretchMs <= untilMs) {
        const stretch = next++;
        tell(stretch);
      }
    },
  };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function newSums(sums: Map<string, Sums>, site: string): Sums {
  const fresh: Sums = { asked: 0, ok: 0, indeterminate: 0, failed: {}, latency: new Map() };
  sums.set(site, fresh);
  return fresh;
}

/** Where nobody knows, if something waits there, else where most wait. */
function mostIn(inFlight: ReadonlyMap<string, number>): string {
  if ((inFlight.get('-') ?? 0) > 0) return '-';
  let most = '-';
  for (const [site, count] of inFlight) if (count > (inFlight.get(most) ?? 0)) most = site;
  return most;
}

function book(sums: Sums, { outcome, tookMs }: Ended): void {
  if (outcome === 'indeterminate') sums.indeterminate++;
  else if (outcome === 'ok') {
    sums.ok++;
    const ms = roundedMs(tookMs);
    sums.latency.set(ms, (sums.latency.get(ms) ?? 0) + 1);
  } else sums.failed[outcome] = (sums.failed[outcome] ?? 0) + 1;
}

/** Upwards, so that no quantile is too good: to tenths below 10 ms, to whole milliseconds above. */
function roundedMs(ms: number): number {
  return ms < 10 ? Math.ceil(ms * 10 - 1e-9) / 10 : Math.ceil(ms - 1e-9);
}
