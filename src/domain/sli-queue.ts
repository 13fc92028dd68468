/** Slots that wait until every stream of a service has passed them. Apart because streams of traffic (site, channel) arrive with different widths and some fall silent. */
import type { Ms } from '../base/clock.ts';
import type { Traffic } from './event.ts';
import { endedOf, spread } from './sli-slots.ts';
import { slotMs } from './sli-window.ts';

/** How long a slot waits for a stream that has not passed it, ms. Shorter drops late stretches; longer delays what the story sees when a stream falls silent. */
const lateMs: Ms = 1_000;

/** How far all streams must be past a slot, ms: at the instant of a failure new streams appear (requests that found no site), and they arrive after those that are known. */
const graceMs: Ms = slotMs;

/** What is summed. Its place in the list of groups is its number. */
export type Group =
  | { readonly of: 'all' }
  | { readonly of: 'site'; readonly site: string }
  | { readonly of: 'channel'; readonly channel: string };

/** Slots in order of time, each handed on once. */
export interface SlotQueue {
  /** Takes a stretch and hands on every slot that it makes final. What falls into a slot already handed on is dropped: it came too late. */
  add(traffic: Traffic): void;
  /** Groups seen so far; the first is everything. */
  readonly groups: readonly Group[];
}

/** A slot in which nothing ended. */
const noSums: readonly number[] = [];

/** A stream of traffic, and the three groups that it counts in. */
interface Stream {
  readonly site: string;
  readonly channel: string;
  readonly groups: readonly [all: number, site: number, channel: number];
  /** End of its newest stretch. */
  toMs: Ms;
}

/** A queue that hands on final slots, oldest first. `sums[3 g]`, `sums[3 g + 1]` and `sums[3 g + 2]` are ok, bad and slow of group g; absent ones are 0. Numbers and lists instead of maps, because a run has a hundred thousand shares. */
export function createSlotQueue(
  slowMs: number | undefined,
  final: (slot: number, sums: readonly number[]) => void,
): SlotQueue {
  const groups: Group[] = [{ of: 'all' }];
  const streams: Stream[] = [];
  const speaking = new Set<Stream>();
  const rows: number[][] = [];
  /** Rows that were handed on and may be filled again. */
  const spare: number[][] = [];
  let first: number | undefined;
  /** The newest instant at which stretches ended, and the one before: streams that tell the newest in a moment must not be taken for late, and at the first instant nobody knows how many there are. */
  let newestMs = 0;
  let beforeMs = 0;

  const release = (from: number) => {
    if (beforeMs === 0) return;
    const until = Math.floor(finalMs(speaking, beforeMs - lateMs) / slotMs);
    if (until <= from) return;
    for (let slot = from; slot < until; slot++) final(slot, rows[slot - from] ?? noSums);
    for (const row of rows.splice(0, until - from)) spare.push(row.fill(0));
    first = until;
  };
  return {
    groups,
    add: (traffic) => {
      const stream = streamOf(streams, groups, traffic);
      first ??= Math.floor(traffic.fromMs / slotMs);
      const from = first;
      const { ok, bad, slow } = endedOf(traffic, slowMs);
      spread(traffic, (slot, part) => {
        if (slot < from) return;
        const row = rowAt(rows, spare, slot - from, groups.length);
        addPart(row, stream.groups[0], ok * part, bad * part, slow * part);
        addPart(row, stream.groups[1], ok * part, bad * part, slow * part);
        addPart(row, stream.groups[2], ok * part, bad * part, slow * part);
      });
      if (traffic.toMs > newestMs) [newestMs, beforeMs] = [traffic.toMs, newestMs];
      stream.toMs = Math.max(stream.toMs, traffic.toMs);
      speaking.add(stream);
      release(from);
    },
  };
}

/** Up to here slots are final: every stream has passed, or `giveUpMs` has. Streams that end before that are forgotten until they speak again. */
function finalMs(speaking: Set<Stream>, giveUpMs: Ms): Ms {
  let least = Number.POSITIVE_INFINITY;
  for (const stream of speaking) {
    if (stream.toMs < giveUpMs) speaking.delete(stream);
    else least = Math.min(least, stream.toMs);
  }
  return Math.max(least - graceMs, giveUpMs);
}

function streamOf(streams: Stream[], groups: Group[], { site, channel }: Traffic): Stream {
  for (const stream of streams) if (stream.site === site && stream.channel === channel) return stream;
  const ofSite = numberOf(groups, { of: 'site', site });
  const stream: Stream = { site, channel, groups: [0, ofSite, numberOf(groups, { of: 'channel', channel })], toMs: 0 };
  streams.push(stream);
  return stream;
}

function numberOf(groups: Group[], group: Group): number {
  const same = (other: Group) => JSON.stringify(other) === JSON.stringify(group);
  const known = groups.findIndex(same);
  return known >= 0 ? known : groups.push(group) - 1;
}

function rowAt(rows: number[][], spare: number[][], i: number, groups: number): number[] {
  while (rows.length <= i) rows.push(spare.pop() ?? new Array<number>(groups * 3).fill(0));
  const row = rows[i]!;
  while (row.length < groups * 3) row.push(0);
  return row;
}

function addPart(row: number[], group: number, ok: number, bad: number, slow: number): void {
  row[group * 3]! += ok;
  row[group * 3 + 1]! += bad;
  row[group * 3 + 2]! += slow;
}
