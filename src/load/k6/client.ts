/** The client's side of a load: lines of its logs become traffic, orders and counts. Apart from the processes that write the lines, so that a stored log can be told again. */
import type { AccessLine } from '../../domain/access-log.ts';
import type { Publish, Traffic } from '../../domain/event.ts';
import type { LoadPlan } from '../../domain/load.ts';
import { watchPeak } from '../watch-peak.ts';
import { watchServing } from '../watch-serving.ts';
import { type ClientLine, type Outcome, outcomeOf, parseClientLine } from './client-log.ts';
import { createOrderBook } from './order-book.ts';
import { firstOrder, type OrderBlock, phaseOf } from './order-ids.ts';
import { createPeakStretches } from './peak-stretches.ts';
import { createStretchBook, type Ended, type StretchBook, stretchMs } from './stretch-book.ts';
import { type ClientCounts, countIn, type SiteCount } from './witness.ts';

/** How often orders are told of, ms. */
const ordersEveryMs = 1_000;

/** The client's side. Times are of the platform's clock unless said. */
export interface Client {
  /** A line of the log of a phase; words of k6 are passed over. */
  take(phase: OrderBlock['phase'], line: string): void;
  /** A request that the load balancer saw and that is in no log of ours: one of a script of somebody else. */
  saw(line: AccessLine): void;
  /** The process of a phase was interrupted at that time: what ends without an answer from then on was cut off by us. */
  interrupted(phase: OrderBlock['phase'], atMs: number): void;
  /** The process of a phase is gone and its log is read: what it left open has been cut off. */
  gone(phase: OrderBlock['phase'], atMs: number): void;
  /** The profile starts. */
  play(): void;
  /** Tells every stretch that ends at or before `untilMs`. */
  close(untilMs: number): void;
  /** The end: tells what {@link close} does and the orders since the last time. */
  finish(untilMs: number): void;
  /** Requests of the profile that started, by channel of the plan. */
  asked(): readonly number[];
  /** When the first of them did. */
  firstAskedMs(): number | undefined;
  counts(): ClientCounts;
}

/** What it works with. */
export interface ClientOptions {
  readonly plan: LoadPlan;
  readonly runId: string;
  readonly publish: Publish;
  readonly now: () => number;
  /** ms since 1970 at which the platform's clock showed 0. */
  readonly epochMs: number;
  /** Where the load balancer sent an order, if it says so. */
  readonly seenAt: (order: number) => string | undefined;
}

/** A client that has asked nothing. */
export function createClient(options: ClientOptions): Client {
  const { plan, runId, publish, now, epochMs, seenAt } = options;
  const sites = new Map<number, string>();
  /** Requests of a script of somebody else, under numbers of their own below 0, with the order if it was named. */
  const foreign = new Map<number, number | undefined>();
  const orders = createOrderBook();
  const counts = { sites: {} as Record<string, SiteCount>, open: 0, unseen: 0 };
  const interruptedMs = new Map<string, number>();
  const asked = plan.channels.map(() => 0);
  let firstAskedMs: number | undefined;
  const peak = watchPeak(plan, (fact, value) => publish({ type: 'fact', fact, subject: {}, value }, now()));
  const peaks = createPeakStretches(plan, peak);
  const serving = watchServing((site, value, atMs) =>
    publish({ type: 'fact', fact: 'site.serving', subject: { site }, value }, atMs),
  );
  const tell = (traffic: Traffic) => {
    publish(traffic, traffic.toMs);
    peaks.take(traffic);
    serving.take(traffic);
  };
  const foreignEnded = (key: number, outcome: Outcome, site: string) => {
    const order = foreign.get(key);
    foreign.delete(key);
    if (order === undefined) return;
    if (outcome === 'ok') orders.add('acknowledged', site, order);
    if (outcome === 'indeterminate') orders.add('indeterminate', site, order);
  };
  const ended = (order: number, { outcome }: Ended, site: string) => {
    sites.delete(order);
    if (foreign.has(order)) return foreignEnded(order, outcome, site);
    if (outcome === 'indeterminate') {
      counts.open++;
      orders.add('indeterminate', site, order);
      return;
    }
    countIn(counts.sites, site, outcome === 'ok');
    if (outcome === 'ok') orders.add('acknowledged', site, order);
  };
  const siteOf = (order: number) => sites.get(order) ?? seenAt(order) ?? '-';
  const fromMs = now();
  const books: readonly StretchBook[] = plan.channels.map(({ name }) =>
    createStretchBook({ service: plan.service, channel: name, fromMs, siteOf, onEnded: ended, publish: tell }),
  );
  let nextMs = Math.ceil(fromMs / stretchMs) * stretchMs;
  const tellOrders = (atMs: number) => {
    const state = orders.take();
    if (state !== undefined) publish(state, atMs);
  };
  const takeLine = (phase: OrderBlock['phase'], line: ClientLine) => {
    const book = books[line.channel];
    if (book === undefined) return;
    const order = firstOrder({ runId, phase, channel: line.channel }) + line.iteration;
    const atMs = Math.max(0, Math.floor(line.atMs - epochMs));
    if (line.is === 'start') {
      if (phase === 'profile') {
        asked[line.channel]!++;
        firstAskedMs ??= atMs;
      }
      book.start(order, atMs);
      return;
    }
    if (line.status === 0 && atMs >= (interruptedMs.get(phase) ?? Number.POSITIVE_INFINITY)) return;
    if (line.site !== undefined) sites.set(order, line.site);
    const outcome = outcomeOf(line);
    if (line.status === 0 && outcome !== 'indeterminate') counts.unseen++;
    book.end(order, { atMs, outcome, tookMs: line.tookMs });
  };
  let foreignKey = 0;
  const saw = ({ acceptedMs, tookMs = 0, site, status, order, channel }: AccessLine) => {
    const named = plan.channels.findIndex(({ name }) => name === channel);
    const book = books[Math.max(0, named)]!;
    const key = --foreignKey;
    foreign.set(key, order);
    if (site !== undefined) sites.set(key, site);
    const atMs = Math.max(0, acceptedMs - epochMs);
    book.start(key, atMs);
    // Without a status the client went away: k6's 1000 stands for that, too.
    book.end(key, { atMs: atMs + tookMs, outcome: outcomeOf({ status: status ?? 0, errorCode: 1000 }), tookMs });
  };
  const close = (untilMs: number) => {
    for (; nextMs + stretchMs <= untilMs; nextMs += stretchMs) {
      for (const book of books) book.close(nextMs + stretchMs);
      if ((nextMs + stretchMs) % ordersEveryMs === 0) tellOrders(nextMs + stretchMs);
    }
  };
  return {
    saw,
    take: (phase, text) => {
      const line = parseClientLine(text);
      if (line !== undefined) takeLine(phase, line);
    },
    interrupted: (phase, atMs) => void interruptedMs.set(phase, atMs),
    gone: (phase, atMs) => {
      for (const book of books) {
        const cut = [...book.open()].filter((order) => phaseOf(order) === phase);
        for (const order of book.cut(cut, atMs)) {
          counts.open++;
          orders.add('indeterminate', siteOf(order), order);
        }
      }
    },
    play: peak.play,
    close,
    finish: (untilMs) => {
      close(untilMs);
      tellOrders(untilMs);
    },
    asked: () => asked,
    firstAskedMs: () => firstAskedMs,
    counts: () => counts,
  };
}
