/** The timeline of a run as it grows: numbers events, chains their hashes, writes them before anything else goes on. In memory alone for sweeps. */
import type { Ms } from '../base/clock.ts';
import { chainLine, chainStart } from '../base/hash-chain.ts';
import type { RunEvent, RunEventBody } from '../domain/event.ts';
import { createGrowingFile } from './run-files.ts';

/** Name of the file in a run's folder. */
export const timelineName = 'timeline.jsonl';

/** A timeline that is being written. */
export interface Timeline {
  readonly events: readonly RunEvent[];
  /** Numbers and keeps an event. `atMs` is cut to `seenMs`: nothing is known before it happened. Lines of one instant are written together. */
  append(body: RunEventBody, atMs: Ms, seenMs: Ms): RunEvent;
  /** Everything so far is on disk when it returns. */
  sync(): void;
  /** Writes, flushes and closes; more than once is harmless. */
  close(): void;
}

/** `folder`: absent, events are kept in memory only. `onEvent` hears each event after it was numbered; `onLost` hears, once, that no more can be written. Throws an InputError when the folder holds a timeline already. */
export function createTimeline(options: {
  readonly folder?: string | undefined;
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  readonly onLost?: ((error: Error) => void) | undefined;
}): Timeline {
  const { folder, onEvent, onLost = () => {} } = options;
  const events: RunEvent[] = [];
  const file = folder === undefined ? undefined : createGrowingFile(folder, timelineName);
  let hash = chainStart;
  let pending = '';
  let pendingMs = 0;
  let lost = false;
  /** A disk that is full ends the writing, not the run: it may have something to heal. */
  const attempt = (act: () => void) => {
    if (lost) return;
    try {
      act();
    } catch (error) {
      lost = true;
      onLost(error as Error);
    }
  };
  const flush = () => {
    if (pending !== '') attempt(() => file?.append(pending));
    pending = '';
  };
  const write = (event: RunEvent) => {
    if (file === undefined) return;
    if (event.seenMs !== pendingMs) flush();
    pendingMs = event.seenMs;
    const chained = chainLine(event, hash);
    hash = chained.hash;
    pending += `${chained.line}\n`;
  };
  return {
    events,
    append: (body, atMs, seenMs) => {
      const event: RunEvent = { n: events.length, atMs: Math.min(atMs, seenMs), seenMs, ...body };
      events.push(event);
      write(event);
      onEvent?.(event);
      return event;
    },
    sync: () => {
      flush();
      attempt(() => file?.sync());
    },
    close: () => {
      flush();
      file?.close();
    },
  };
}
