/** When each state of the story was entered and left. Apart because the timeline says only what was entered and which way was taken, and leaving a state leaves what is inside it. */
import type { Ms } from '../base/clock.ts';
import type { RunEventOf } from './event.ts';

interface Visit {
  readonly state: string;
  readonly region: string | undefined;
  readonly fromMs: Ms;
  readonly n: number;
  toMs?: Ms;
}

/** A fold over `state` and `transition` events. */
export interface StateFold {
  take(event: RunEventOf<'state'> | RunEventOf<'transition'>): void;
  readonly states: readonly Visit[];
  ending(): RunEventOf<'state'> | undefined;
  /** A time-out led straight to the ending. */
  endedByTimeout(): boolean;
}

/** An empty {@link StateFold}. */
export function createStateFold(): StateFold {
  const states: Visit[] = [];
  let ending: RunEventOf<'state'> | undefined;
  let newest: RunEventOf<'transition'> | undefined;
  const close = (visit: Visit, atMs: Ms) => {
    visit.toMs ??= atMs;
  };
  return {
    states,
    ending: () => ending,
    endedByTimeout: () => ending !== undefined && newest?.to === ending.state && newest.cause === 'after',
    take: (event) => {
      if (event.type === 'transition') {
        newest = event;
        for (const visit of left(states, event.from)) close(visit, event.atMs);
        return;
      }
      if (event.ending !== undefined) {
        ending = event;
        for (const visit of states) close(visit, event.atMs);
      }
      states.push({ state: event.state, region: event.region, fromMs: event.atMs, n: event.n });
    },
  };
}

/** The open visit of a state, and what was entered inside it: later, in the same region (or in any, when the state stands outside all regions). */
function left(states: readonly Visit[], name: string): readonly Visit[] {
  const from = states.findLastIndex((visit) => visit.state === name && visit.toMs === undefined);
  if (from < 0) return [];
  const region = states[from]!.region;
  return states.slice(from).filter((visit) => region === undefined || visit.region === region);
}
