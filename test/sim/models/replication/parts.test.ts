import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, type Range, rangeSet } from '../../../../src/base/ranges.ts';
import { conflictingRows, sharedRows } from '../../../../src/sim/models/replication/conflicts.ts';
import { createGrowingSet } from '../../../../src/sim/models/replication/growing-set.ts';
import { createOrderLog } from '../../../../src/sim/models/replication/order-log.ts';
import { resumeMs } from '../../../../src/sim/models/replication/resume.ts';
import { createSegmentQueue } from '../../../../src/sim/models/replication/segment-queue.ts';

describe('a lost stream flows again', () => {
  it.each([
    ['closed', 1_000, 1_000, 1_000],
    ['closed', 1_000, 1_001, 6_000],
    ['closed', 1_000, 13_000, 16_000],
    ['silent', 0, 100, 200],
    ['silent', 0, 43_000, 51_000],
    ['silent', 0, 52_000, 60_000],
    ['silent', 0, 60_000, 60_000],
    ['silent', 0, 61_000, 65_000],
    ['hung', 0, 43_000, 43_000],
    ['hung', 0, 61_000, 65_000],
  ] as const)('%s at %d ms, back at %d ms: at %d ms', (loss, lost, back, expected) => {
    expect(resumeMs(loss, lost, back)).toBe(expected);
  });

  it('never before it is back, and at most one retransmission or try later', () => {
    const ms = fc.integer({ min: 0, max: 500_000 });
    fc.assert(
      fc.property(fc.constantFrom('silent' as const, 'closed' as const), ms, ms, (loss, lostMs, outMs) => {
        const waitedMs = resumeMs(loss, lostMs, lostMs + outMs) - lostMs - outMs;
        expect(waitedMs).toBeGreaterThanOrEqual(0);
        expect(waitedMs).toBeLessThan(loss === 'closed' || outMs >= 60_000 ? 5_000 : Math.max(200, outMs + 200));
      }),
    );
  });
});

describe('sets, logs, queues, conflicts', () => {
  it('a growing set is the union of what was added and tells what was there before', () => {
    const range = fc
      .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 10 }))
      .map(([from, n]): Range => [from, from + n]);
    fc.assert(
      fc.property(fc.array(range), (ranges) => {
        const set = createGrowingSet();
        for (const each of ranges) {
          const before = countOf(set.live);
          const again = countOf(set.add(each));
          expect(countOf(set.live)).toBe(before + each[1] - each[0] - again);
        }
        expect(set.snapshot()).toEqual(rangeSet(ranges));
      }),
    );
  });

  it('a log knows when each order was committed', () => {
    const log = createOrderLog();
    for (let ms = 0; ms < 5_000; ms++) log.number(ms % 3, ms);
    expect(log.committedMs(1)).toBe(1);
    expect(log.committedMs(2)).toBe(2);
    expect(log.committedMs(3)).toBe(2);
    expect(log.committedMs(4)).toBe(4);
    expect(log.committedMs(3_001)).toBe(3_001);
  });

  it('a long queue stays short in memory and loses no order', () => {
    const queue = createSegmentQueue();
    for (let i = 0; i < 100_000; i++) queue.push({ atMs: i * 100, orders: { east: [[i * 7, i * 7 + 7]] }, count: 7 });
    expect(queue.records()).toBe(700_000);
    expect(queue.length).toBeLessThan(15_000);
    expect(queue.takePart(3)?.orders).toEqual({ east: [[0, 3]] });
    expect(queue.first()?.orders).toEqual({ east: [[3, 7]] });
    expect(rangeSet(queue.since(0).flatMap((segment) => segment.orders.east ?? []))).toEqual([[3, 700_000]]);
  });

  it('conflicts grow with the orders of either side, need both, and never exceed the shared rows', () => {
    expect(conflictingRows(0, 1e9)).toBe(0);
    expect(conflictingRows(1e9, 1e9)).toBe(sharedRows);
    expect(conflictingRows(1_000, 1_000)).toBe(9);
    const orders = fc.integer({ min: 0, max: 1e6 });
    fc.assert(
      fc.property(orders, orders, orders, (a, b, more) => {
        expect(conflictingRows(a + more, b)).toBeGreaterThanOrEqual(conflictingRows(a, b));
        expect(conflictingRows(a, b)).toBe(conflictingRows(b, a));
      }),
    );
  });
});
