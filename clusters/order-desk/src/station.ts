/** The places at which a pod works, and the queue before them. Apart because here alone a pod's capacity is kept: concurrency ÷ time held. */

/** What a request does with its place when it is done. */
export interface Place {
  /** Gives the place back, after as long as it must still be held. The answer need not wait for that. `expectedMs`: what the request should have taken; of a longer time only so much is stretched, or each delay of a busy machine would come back many times over. */
  leave(expectedMs: number): void;
}

/** A pod's places. */
export interface Station {
  /** A place, at once or after waiting; undefined when the queue is full. */
  enter(): Promise<Place | undefined>;
  /** Requests that have a place or wait for one. */
  inFlight(): number;
}

/** What a station asks of its surroundings. */
export interface StationClock {
  nowMs(): number;
  /** Calls when `ms` (≥ 0) have passed, or later while the pod has no CPU time left; at once for 0. */
  after(ms: number, then: () => void): void;
}

/**
 * A station of `concurrency` places, which need not be whole: of 0.4 there is one, held for 2.5 times as long as its request took, and of 3.4 there are four, each
 * held for 4 ÷ 3.4 times as long. So a pod does concurrency ÷ time held, and no answer is later for it.
 */
export function createStation(
  { concurrency, queueMax }: { readonly concurrency: number; readonly queueMax: number },
  clock: StationClock,
): Station {
  const places = Math.max(1, Math.ceil(concurrency - 1e-9));
  const stretch = places / concurrency;
  const waiting: ((place: Place) => void)[] = [];
  let taken = 0;
  const free = () => {
    taken--;
    const next = waiting.shift();
    if (next !== undefined) next(take());
  };
  const take = (): Place => {
    taken++;
    const startMs = clock.nowMs();
    return {
      leave: (expectedMs) => clock.after(Math.min(clock.nowMs() - startMs, expectedMs) * (stretch - 1), free),
    };
  };
  return {
    enter: async () => {
      if (taken < places) return take();
      if (waiting.length >= queueMax) return undefined;
      return new Promise((resolve) => waiting.push(resolve));
    },
    inFlight: () => taken + waiting.length,
  };
}

/** The process' own clock. A place is not given back while more than `owedMsMax` of CPU time is owed: so a pod does no more than its CPU limit lets it. */
export function createStationClock(owedMs: () => number): StationClock {
  const settle = (then: () => void) => {
    if (owedMs() > owedMsMax) setTimeout(() => settle(then), 10);
    else then();
  };
  return {
    nowMs: () => performance.now(),
    after: (ms, then) => {
      if (ms < 0.05) settle(then);
      else setTimeout(() => settle(then), ms);
    },
  };
}

const owedMsMax = 300;
