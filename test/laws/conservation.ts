/** Laws of conservation over a whole run: no request and no order may appear from nowhere or vanish. Apart from the tests that call it, because they hold for every run there is: met, missed, sabotaged or cut short. */
import { countOf, difference, type RangeSet, union } from '../../src/base/ranges.ts';
import type { RunEvent, RunEventOf, Traffic } from '../../src/domain/event.ts';

/** What breaks a law, in words; empty for a run that keeps them all. */
export function brokenLaws(events: readonly RunEvent[]): readonly string[] {
  return [...brokenRequests(events), ...brokenOrders(events), ...brokenOrder(events)];
}

const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
const failedOf = ({ failed }: Traffic) => sum(Object.values(failed));

/** asked + in flight before = ok + failed + indeterminate + in flight after, for every service, site and channel, stretch by stretch. */
function brokenRequests(events: readonly RunEvent[]): readonly string[] {
  const inFlight = new Map<string, number>();
  const until = new Map<string, number>();
  const broken: string[] = [];
  for (const event of events) {
    if (event.type !== 'traffic') continue;
    const key = `${event.service} of ${event.channel} at ${event.site}`;
    const say = (what: string) => broken.push(`event ${event.n}, ${key}: ${what}`);
    const before = inFlight.get(key) ?? 0;
    const after = event.ok + failedOf(event) + event.indeterminate + event.inFlight;
    if (event.asked + before !== after) say(`${event.asked} asked + ${before} in flight, ${after} accounted for`);
    const counts = [event.asked, event.ok, event.indeterminate, event.inFlight, ...Object.values(event.failed)];
    if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) say(`counts ${counts.join(', ')}`);
    const timed = sum(event.latency.map(([, count]) => count));
    if (timed !== event.ok) say(`${event.ok} ok, ${timed} with a latency`);
    if (event.fromMs < (until.get(key) ?? 0) || event.toMs <= event.fromMs)
      say(`stretch ${event.fromMs}..${event.toMs}`);
    inFlight.set(key, event.inFlight);
    until.set(key, event.toMs);
  }
  return broken;
}

type BySite = Readonly<Record<string, RangeSet>>;

/** Every order acknowledged or left open, by numbering site; and how often one was told twice. */
function newsOf(events: readonly RunEvent[], what: 'acknowledged' | 'indeterminate') {
  const told: Record<string, RangeSet> = {};
  let twice = 0;
  for (const event of events) {
    if (event.type !== 'data') continue;
    for (const [site, orders] of Object.entries(event[what])) {
      const all = union(told[site] ?? [], orders);
      twice += countOf(told[site] ?? []) + countOf(orders) - countOf(all);
      told[site] = all;
    }
  }
  return { told: told as BySite, twice };
}

const countAll = (orders: BySite) => sum(Object.values(orders).map(countOf));
const without = (a: BySite, b: BySite): BySite =>
  Object.fromEntries(Object.entries(a).map(([site, orders]) => [site, difference(orders, b[site] ?? [])]));
const both = (a: BySite, b: BySite): BySite =>
  Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((site) => [site, union(a[site] ?? [], b[site] ?? [])]),
  );

/** Every customer who was told "ok" has an order, every order a customer; and databases hold nothing that nobody ordered. Only whole runs are asked: one that was cut short has no audit. */
function brokenOrders(events: readonly RunEvent[]): readonly string[] {
  const audit = events.find((event): event is RunEventOf<'audit'> => event.type === 'audit');
  const planned = events.find((event): event is RunEventOf<'load.planned'> => event.type === 'load.planned');
  if (audit === undefined || planned === undefined) return [];
  const acknowledged = newsOf(events, 'acknowledged');
  const open = newsOf(events, 'indeterminate');
  return [
    ...brokenCounts(events, planned.service, countAll(acknowledged.told)),
    ...says(acknowledged.twice, 'orders were acknowledged twice'),
    ...says(open.twice, 'orders were left open twice'),
    ...says(
      countAll(acknowledged.told) - countAll(without(acknowledged.told, open.told)),
      'orders were acknowledged and left open',
    ),
    ...Object.entries(audit.held).flatMap(([database, held]) =>
      says(countAll(without(held, both(acknowledged.told, open.told))), `orders in ${database} were never ordered`),
    ),
    ...brokenLosses(events, audit, acknowledged.told),
  ];
}

const says = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}`]);

/** ok ≤ acknowledged ≤ ok + in flight at the end: an order is numbered at its commit, and the answer of the last ones is still on its way. */
function brokenCounts(events: readonly RunEvent[], service: string, acknowledged: number): readonly string[] {
  const traffic = events.filter(
    (event): event is RunEventOf<'traffic'> => event.type === 'traffic' && event.service === service,
  );
  const last = new Map(traffic.map((event) => [`${event.site}|${event.channel}`, event.inFlight]));
  const ok = sum(traffic.map((event) => event.ok));
  const most = ok + sum([...last.values()]);
  return acknowledged >= ok && acknowledged <= most
    ? []
    : [`${ok} to ${most} orders were answered ok, ${acknowledged} acknowledged`];
}

/** An acknowledged order may be missing everywhere only where the platform itself gave something up: a promotion, a database that could not be read, or one whose volume was taken away (then orders of its own site only). */
function brokenLosses(
  events: readonly RunEvent[],
  audit: RunEventOf<'audit'>,
  acknowledged: BySite,
): readonly string[] {
  if (Object.keys(audit.unreadable).length > 0 || Object.keys(audit.held).length === 0) return [];
  const givenUp = events
    .filter((event): event is RunEventOf<'promotion'> => event.type === 'promotion')
    .reduce<BySite>((all, event) => both(all, event.missing), {});
  const anywhere = Object.values(audit.held).reduce<BySite>(both, {});
  const nowhere = Object.entries(without(without(acknowledged, anywhere), givenUp));
  const kept = nowhere.filter(([site]) => !volumeTaken(events, site));
  return says(countAll(Object.fromEntries(kept)), 'acknowledged orders are nowhere');
}

function volumeTaken(events: readonly RunEvent[], site: string): boolean {
  const started = events.find((event): event is RunEventOf<'run.started'> => event.type === 'run.started');
  const taken = (set: string) => set.endsWith(':spec.volumeClaimTemplates=null');
  return (started?.sets ?? []).some((set) => taken(set) && (set.startsWith(`${site}/`) || set.startsWith('*/')));
}

/** Events are numbered without gaps, seen in order, and never seen before they happened. */
function brokenOrder(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event, i) => {
    const before = events[i - 1]?.seenMs ?? 0;
    if (event.n === i && event.seenMs >= before && event.atMs <= event.seenMs) return [];
    return [`event ${i} is number ${event.n}, happened at ${event.atMs}, was seen at ${event.seenMs} after ${before}`];
  });
}
