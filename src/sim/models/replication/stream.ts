/** One direction of a real-time stream: commits wait in its queue (the retained log) until link, both ends and the operator let them arrive, in order. Advances only when asked, so a steady stream costs no event. */
import type { Ms } from '../../../base/clock.ts';
import type { Kernel } from '../../kernel.ts';
import { type Loss, resumeMs } from './resume.ts';
import { createSegmentQueue } from './segment-queue.ts';
import type { SiteRanges } from './site-orders.ts';

/** Commits of one instant on their way. */
export interface Segment {
  /** When it was committed (or applied, when passed on) at the sending end. */
  readonly atMs: Ms;
  readonly orders: SiteRanges;
  /** Rows to send; more than the orders when something circles. */
  readonly count: number;
  /** Came by replication itself and is sent on (no origin filter); since when such changes were gathered in this segment. */
  readonly passedOnMs?: Ms;
}

/** What lies between the two ends. `loss` is set while nothing passes. */
export interface Path {
  readonly loss: Loss | undefined;
  readonly delayMs: number;
  /** Time the line needs for one order, ms. */
  readonly msPerOrder: number;
}

/** A stream counts as stalled when something waits and nothing was applied for this long. 2 s; as the fact says. */
export const stalledAfterMs = 2_000;
/** A stream has caught up when everything older than this has arrived. 1 s; as the fact says. */
export const caughtUpWithinMs = 1_000;

/** A commit that takes the line longer than this arrives in parts of this length. 100 ms, as fine as the timeline tells. */
const applyStepMs = 100;

/** One direction. */
export interface Stream {
  push(segment: Segment): void;
  /** Delivers what has arrived by now; true when something was. */
  advance(): boolean;
  setPath(path: Path): void;
  setStalled(on: boolean): void;
  /** Switched off, a direction forgets its queue and takes nothing. */
  setActive(on: boolean): void;
  readonly active: boolean;
  /** What waits is gone: its sender lost its data. */
  forget(): void;
  /** Commits can arrive now. */
  readonly flowing: boolean;
  lag(): { readonly records: number; readonly ageMs: Ms };
  stalled(): boolean;
  caughtUp(): boolean;
  /** Waiting segments committed at or after `sinceMs`. */
  waitingSince(sinceMs: Ms): readonly Segment[];
  readonly path: Path;
}

/** What a stream tells. */
export interface StreamListener {
  deliver(segment: Segment, arrivedMs: Ms): void;
  /** The receiving end cannot take it: its worker ends with an error, and again at each of its tries. */
  refuses(segment: Segment): boolean;
  /** Flowing, stalled or caught up may have changed. */
  changed(): void;
}

/** A direction, active or not, over a path that is lost until the first {@link Stream.setPath}. */
export function createStream(kernel: Kernel, listener: StreamListener, active: boolean): Stream {
  const queue = createSegmentQueue();
  let isActive = active;
  let path: Path = { loss: 'closed', delayMs: 0, msPerOrder: 0 };
  let connected = false;
  let operatorStall = false;
  let lostMs = 0;
  let lostBy: Loss = 'closed';
  let resumesMs: Ms | undefined;
  let freeMs = 0;
  let appliedMs = 0;
  let watching = false;
  let refused = false;

  const flows = () => isActive && connected && !operatorStall && !refused;
  const quietSince = () => Math.max(appliedMs, queue.first()?.atMs ?? 0);
  const advance = () => {
    if (!flows()) return false;
    const before = queue.records();
    for (let next = queue.first(); next !== undefined; next = queue.first()) {
      const startMs = Math.max(freeMs, next.atMs);
      const whole = startMs + next.count * path.msPerOrder;
      const arrived = whole + path.delayMs <= kernel.now();
      if (listener.refuses(next)) {
        if (arrived) refuse();
        break;
      }
      if (arrived) {
        queue.take();
        freeMs = whole;
        appliedMs = Math.ceil(whole + path.delayMs);
        listener.deliver(next, appliedMs);
        continue;
      }
      const head = queue.takePart(wholeSteps(kernel.now() - path.delayMs - startMs, path.msPerOrder));
      if (head === undefined) break;
      freeMs = startMs + head.count * path.msPerOrder;
      appliedMs = kernel.now();
      listener.deliver(head, appliedMs);
      break;
    }
    return queue.records() < before;
  };
  const isStalled = () =>
    isActive && !flows() && queue.first() !== undefined && kernel.now() - quietSince() >= stalledAfterMs;
  const isCaughtUp = () => kernel.now() - (queue.first()?.atMs ?? kernel.now()) <= caughtUpWithinMs;
  /** Tells of `stalled` when its time has come, and of `caughtUp` while a backlog drains. */
  const watch = () => {
    if (watching || queue.first() === undefined || (flows() && isCaughtUp())) return;
    watching = true;
    const waitMs = flows() ? 100 : Math.max(1, quietSince() + stalledAfterMs - kernel.now());
    kernel.after(waitMs, () => {
      watching = false;
      const wasStalled = isStalled();
      advance();
      if (wasStalled || isCaughtUp()) listener.changed();
      if (!wasStalled) watch();
    });
  };
  /** Nobody repairs it: PostgreSQL's worker tries every 5 s and fails on the same row. */
  const refuse = () => {
    refused = true;
    watch();
  };
  const go = () => {
    connected = true;
    resumesMs = undefined;
    freeMs = kernel.now();
    listener.changed();
    watch();
  };
  const connect = () => {
    const at = resumeMs(lostBy, lostMs, kernel.now());
    if (at <= kernel.now()) return go();
    resumesMs = at;
    kernel.at(at, () => {
      if (resumesMs === at && path.loss === undefined) go();
    });
  };
  const lose = (loss: Loss) => {
    if (connected) {
      lostMs = kernel.now();
      lostBy = loss;
    } else if (loss !== 'hung' && lostBy !== 'closed') lostBy = loss;
    connected = false;
    resumesMs = undefined;
    watch();
  };
  return {
    advance,
    get active() {
      return isActive;
    },
    get flowing() {
      return flows();
    },
    get path() {
      return path;
    },
    push: (segment) => {
      if (!isActive) return;
      queue.push(segment);
      if (!flows()) watch();
    },
    setPath: (next) => {
      const had = path.loss;
      path = next;
      const first = queue.first();
      refused &&= first !== undefined && listener.refuses(first); // the row may be gone with its database
      if (next.loss !== undefined && (connected || resumesMs !== undefined || had !== next.loss)) lose(next.loss);
      else if (next.loss === undefined && had !== undefined) connect();
    },
    setStalled: (on) => {
      if (operatorStall && !on) freeMs = kernel.now();
      operatorStall = on;
      watch();
    },
    setActive: (on) => {
      if (on && !isActive) freeMs = kernel.now();
      isActive = on;
      if (on) return;
      queue.clear();
      refused = false;
    },
    forget: () => queue.clear(),
    lag: () => ({
      records: queue.records(),
      ageMs: kernel.now() - (queue.first()?.atMs ?? kernel.now()),
    }),
    stalled: isStalled,
    caughtUp: isCaughtUp,
    waitingSince: (sinceMs) => queue.since(sinceMs),
  };
}

/** Orders that the line has carried in whole steps: a large commit arrives in parts, but not in one part per question. */
function wholeSteps(sinceStartMs: number, msPerOrder: number): number {
  const step = Math.max(1, Math.floor(applyStepMs / msPerOrder));
  return Math.floor(sinceStartMs / msPerOrder / step) * step;
}
