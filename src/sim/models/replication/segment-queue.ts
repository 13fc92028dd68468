/** The commits that a stream has not delivered: a queue that never shifts an array and joins neighbours when it grows long. Apart because a cut of hours must stay cheap. */
import type { Ms } from '../../../base/clock.ts';
import type { Range } from '../../../base/ranges.ts';
import { mergeAll } from './site-orders.ts';
import type { Segment } from './stream.ts';

/** Above this length neighbours within a second are joined. Orders and amount stay exact, the age of the oldest to 1 s. */
const longQueue = 4_096;
/** Neighbours within this time are joined in a long queue, ms. */
const joinWithinMs = 1_000;

/** Changes that circle between two databases are gathered for this long, ms: a loop would otherwise hold ever more segments. Circles up to this much slower. */
const gatherMs = 100;

/** Segments, oldest first. */
export interface SegmentQueue {
  push(segment: Segment): void;
  first(): Segment | undefined;
  take(): void;
  /** Takes the first `count` orders of the first segment, if it is one range and longer than that; undefined otherwise or for less than one. */
  takePart(count: number): Segment | undefined;
  /** Rows waiting. */
  records(): number;
  /** Those committed at or after `sinceMs`, newest first. */
  since(sinceMs: Ms): readonly Segment[];
  readonly length: number;
  clear(): void;
}

/** An empty queue. */
export function createSegmentQueue(): SegmentQueue {
  let segments: Segment[] = [];
  let head = 0;
  let records = 0;
  return {
    first: () => segments[head],
    records: () => records,
    get length() {
      return segments.length - head;
    },
    since: (sinceMs) => {
      let from = segments.length;
      while (from > head && segments[from - 1]!.atMs >= sinceMs) from--;
      return segments.slice(from).reverse();
    },
    push: (segment) => {
      records += segment.count;
      const last = segments.at(-1);
      const long = segments.length - head > longQueue;
      const joined =
        segments.length === head || last === undefined
          ? undefined
          : (gather(last, segment) ?? (long ? join(last, segment) : undefined));
      if (joined === undefined) segments.push(segment);
      else segments[segments.length - 1] = joined;
    },
    take: () => {
      records -= segments[head]!.count;
      head++;
      if (head > 1_024 && head * 2 > segments.length) {
        segments = segments.slice(head);
        head = 0;
      }
    },
    takePart: (count) => {
      const parts = split(segments[head], count);
      if (parts === undefined) return undefined;
      records -= count;
      segments[head] = parts[1];
      return parts[0];
    },
    clear: () => {
      segments = [];
      head = 0;
      records = 0;
    },
  };
}

function onlyRange(segment: Segment): readonly [site: string, range: Range] | undefined {
  const entries = Object.entries(segment.orders);
  const range = entries[0]?.[1][0];
  if (entries.length !== 1 || entries[0]![1].length !== 1 || range === undefined) return undefined;
  return range[1] - range[0] === segment.count ? [entries[0]![0], range] : undefined;
}

function split(segment: Segment | undefined, count: number): readonly [Segment, Segment] | undefined {
  if (segment === undefined || count < 1 || count >= segment.count) return undefined;
  const only = onlyRange(segment);
  if (only === undefined) return undefined;
  const [site, [from, to]] = only;
  return [
    { ...segment, orders: { [site]: [[from, from + count]] }, count },
    { ...segment, orders: { [site]: [[from + count, to]] }, count: segment.count - count },
  ];
}

function join(last: Segment, next: Segment): Segment | undefined {
  const [a, b] = [onlyRange(last), onlyRange(next)];
  if (a === undefined || b === undefined || a[0] !== b[0] || a[1][1] !== b[1][0]) return undefined;
  if (next.atMs - last.atMs >= joinWithinMs) return undefined;
  return { atMs: last.atMs, orders: { [a[0]]: [[a[1][0], b[1][1]]] }, count: last.count + next.count };
}

function gather(last: Segment, next: Segment): Segment | undefined {
  if (last.passedOnMs === undefined || next.passedOnMs === undefined) return undefined;
  if (next.atMs - last.passedOnMs >= gatherMs) return undefined;
  return { ...last, atMs: next.atMs, orders: mergeAll([last.orders, next.orders]), count: last.count + next.count };
}
