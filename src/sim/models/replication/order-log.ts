/** Numbers the orders of one site and keeps when each was committed and what its customer learned. Apart from the databases because a number belongs to its site wherever the order is held. */
import type { Ms } from '../../../base/clock.ts';
import { type Range, type RangeSet, rangeSet } from '../../../base/ranges.ts';
import { createGrowingSet } from './growing-set.ts';

/** The orders of one site. */
export interface OrderLog {
  /** The next `count` (≥ 0) numbers, committed at `nowMs`. Numbers begin at 1. */
  number(count: number, nowMs: Ms): Range;
  /** The number that comes next. */
  next(): number;
  /** When an order was committed; the newest commit for a number not yet given. */
  committedMs(order: number): Ms;
  acknowledge(orders: Range): void;
  indeterminate(orders: Range): void;
  /** Everything acknowledged so far. */
  acknowledged(): RangeSet;
  /** What came since the last call. */
  takeNews(): { readonly acknowledged: RangeSet; readonly indeterminate: RangeSet };
}

/** A log without orders. */
export function createOrderLog(): OrderLog {
  const acknowledged = createGrowingSet();
  const times = createCommitTimes();
  let next = 1;
  let newAcknowledged: Range[] = [];
  let newIndeterminate: Range[] = [];
  return {
    number: (count, nowMs) => {
      const from = next;
      next += count;
      if (count > 0) times.add(next, nowMs);
      return [from, next];
    },
    next: () => next,
    committedMs: (order) => times.of(order),
    acknowledge: (orders) => {
      acknowledged.add(orders);
      newAcknowledged.push(orders);
    },
    indeterminate: (orders) => void newIndeterminate.push(orders),
    acknowledged: () => acknowledged.live,
    takeNews: () => {
      const news = { acknowledged: rangeSet(newAcknowledged), indeterminate: rangeSet(newIndeterminate) };
      newAcknowledged = [];
      newIndeterminate = [];
      return news;
    },
  };
}

/** Commit times as steps (first number after the commit, its time) in flat arrays: 16 bytes per commit. */
function createCommitTimes() {
  let ends = new Float64Array(1024);
  let atMs = new Float64Array(1024);
  let count = 0;
  const grow = (old: Float64Array<ArrayBuffer>) => {
    const larger = new Float64Array(old.length * 2);
    larger.set(old);
    return larger;
  };
  return {
    add: (end: number, ms: Ms) => {
      if (count > 0 && atMs[count - 1] === ms) count--;
      if (count === ends.length) [ends, atMs] = [grow(ends), grow(atMs)];
      ends[count] = end;
      atMs[count++] = ms;
    },
    of: (order: number): Ms => {
      let low = 0;
      let high = count - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ends[middle]! > order) high = middle;
        else low = middle + 1;
      }
      return count === 0 ? 0 : atMs[low]!;
    },
  };
}
