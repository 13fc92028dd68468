import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Traffic } from '../../../src/domain/event.ts';
import type { Outcome } from '../../../src/load/k6/client-log.ts';
import { createStretchBook, type Ended } from '../../../src/load/k6/stretch-book.ts';

function createBook(sites: ReadonlyMap<number, string> = new Map()) {
  const told: Traffic[] = [];
  const book = createStretchBook({
    service: 'orders',
    channel: 'shoppers',
    fromMs: 0,
    siteOf: (key) => sites.get(key) ?? '-',
    publish: (traffic) => void told.push(traffic),
  });
  return { book, told };
}

const ok = (atMs: number, tookMs = 20): Ended => ({ atMs, outcome: 'ok', tookMs });
const timedOut = (atMs: number): Ended => ({ atMs, outcome: 'indeterminate', tookMs: 1_000 });

describe('the books of one channel', () => {
  test('a request that starts and ends in one stretch is asked and ok there', () => {
    const { book, told } = createBook(new Map([[1, 'east']]));
    book.start(1, 110);
    book.end(1, ok(131.4, 21.4));
    book.close(250);
    expect(told).toEqual([
      {
        type: 'traffic',
        service: 'orders',
        channel: 'shoppers',
        site: 'east',
        fromMs: 100,
        toMs: 200,
        asked: 1,
        ok: 1,
        failed: {},
        indeterminate: 0,
        inFlight: 0,
        latency: [[22, 1]],
      },
    ]);
  });

  test('one that ends in the next stretch is in flight at its site between', () => {
    const { book, told } = createBook(new Map([[1, 'east']]));
    book.start(1, 190);
    book.end(1, { atMs: 210, outcome: 'shed', tookMs: 20 });
    book.close(300);
    expect(told.filter(({ fromMs }) => fromMs >= 100)).toMatchObject([
      { site: 'east', fromMs: 100, asked: 1, ok: 0, inFlight: 1 },
      { site: 'east', fromMs: 200, asked: 0, failed: { shed: 1 }, inFlight: 0 },
    ]);
  });

  test('what has not ended when its stretch is told waits where nobody knows, and times out there', () => {
    const { book, told } = createBook();
    book.start(1, 50);
    book.close(300);
    book.end(1, timedOut(1_050));
    book.close(1_200);
    expect(told[0]).toMatchObject({ site: '-', fromMs: 0, asked: 1, inFlight: 1 });
    expect(told.find(({ fromMs }) => fromMs === 1_000)).toMatchObject({ site: '-', indeterminate: 1, inFlight: 0 });
  });

  test('in a steady stream of slow requests each ends at its true site', () => {
    const sites = new Map<number, string>();
    const { book, told } = createBook(sites);
    for (let i = 0; i < 200; i++) {
      sites.set(i, i % 2 === 0 ? 'east' : 'west');
      book.start(i, i * 25);
      const done = i - 24;
      if (done >= 0) book.end(done, ok(done * 25 + 600, 600));
      book.close(i * 25 - 200);
    }
    const late = told.filter(({ fromMs }) => fromMs >= 1_000);
    const sum = (site: string) => late.filter((each) => each.site === site).reduce((all, each) => all + each.ok, 0);
    expect(sum('-')).toBe(0);
    expect(Math.abs(sum('east') - sum('west'))).toBeLessThanOrEqual(2);
  });

  test('a line that comes too late is booked in the next stretch, not lost', () => {
    const { book, told } = createBook(new Map([[1, 'east']]));
    book.close(500);
    book.start(1, 120);
    book.end(1, ok(140));
    book.close(600);
    expect(told).toMatchObject([{ fromMs: 500, asked: 1, ok: 1 }]);
  });

  test('what was cut off was never asked, or is indeterminate when it has been told', () => {
    const { book, told } = createBook();
    book.start(1, 50);
    book.close(200);
    book.start(2, 250);
    book.cut(book.open(), 260);
    book.close(400);
    expect(told.reduce((sum, each) => sum + each.asked, 0)).toBe(1);
    expect(told.reduce((sum, each) => sum + each.indeterminate, 0)).toBe(1);
    expect(told.at(-1)).toMatchObject({ inFlight: 0 });
  });
});

const outcomes: readonly Outcome[] = ['ok', 'indeterminate', 'refused', 'error', 'shed'];
const requestArbitrary = fc.record({
  startMs: fc.integer({ min: 0, max: 3_000 }),
  tookMs: fc.integer({ min: 0, max: 1_200 }),
  lateMs: fc.integer({ min: 0, max: 400 }),
  site: fc.constantFrom('east', 'west', '-'),
  outcome: fc.constantFrom(...outcomes),
});

test('whatever happens and however late it is learned, every request is accounted for at every site', () => {
  fc.assert(
    fc.property(fc.array(requestArbitrary, { maxLength: 120 }), fc.integer({ min: 0, max: 3 }), (requests, cutAt) => {
      const sites = new Map(requests.map(({ site }, key) => [key, site]));
      const { book, told } = createBook(sites);
      const steps = requests.flatMap(({ startMs, tookMs, lateMs, outcome }, key) => [
        { seenMs: startMs + lateMs, act: () => book.start(key, startMs) },
        {
          seenMs: startMs + tookMs + lateMs,
          act: () => book.end(key, { atMs: startMs + tookMs, outcome, tookMs }),
        },
      ]);
      steps.sort((a, b) => a.seenMs - b.seenMs);
      for (const { seenMs, act } of steps) {
        book.close(seenMs - 200);
        if (cutAt > 0 && seenMs > cutAt * 1_000) break;
        act();
      }
      book.cut(book.open(), 4_000);
      book.close(6_000);
      const waiting = new Map<string, number>();
      for (const each of told) {
        const failed = Object.values(each.failed).reduce((a, b) => a + b, 0);
        const before = waiting.get(each.site) ?? 0;
        expect(each.asked).toBeGreaterThanOrEqual(0);
        expect(each.inFlight).toBeGreaterThanOrEqual(0);
        expect(each.asked + before).toBe(each.ok + failed + each.indeterminate + each.inFlight);
        expect(each.latency.reduce((sum, [, count]) => sum + count, 0)).toBe(each.ok);
        waiting.set(each.site, each.inFlight);
      }
      expect([...waiting.values()].every((count) => count === 0)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
