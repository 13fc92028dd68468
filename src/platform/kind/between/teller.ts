/** Tells facts when they change, and gaps when a source is silent. Apart because every observer between the sites must do both alike. */
import type { Ms } from '../../../base/clock.ts';
import type { Publish } from '../../../domain/event.ts';
import { type FactName, type FactValue, factKey, type Subject } from '../../../domain/fact.ts';

/** Publishes changes only. */
export interface Teller {
  readonly publish: Publish;
  fact(fact: FactName, subject: Subject, value: FactValue, atMs: Ms): void;
  /** The value last told; undefined before the first. */
  last(fact: FactName, subject: Subject): FactValue | undefined;
}

/** A teller that has told nothing. */
export function createTeller(publish: Publish): Teller {
  const told = new Map<string, FactValue>();
  return {
    publish,
    last: (fact, subject) => told.get(factKey(fact, subject)),
    fact: (fact, subject, value, atMs) => {
      const key = factKey(fact, subject);
      if (told.get(key) === value) return;
      told.set(key, value);
      publish({ type: 'fact', fact, subject, value }, atMs);
    },
  };
}

/** A silence of a source is a gap once it is this long, ms; shorter ones are within every fact's resolution. */
const gapAfterMs = 1_000;
/** A gap that goes on is told in pieces of this length, ms, so that a story that waits meanwhile knows of it. */
const gapPieceMs = 2_000;
/** A source that has never answered has this long to begin, ms. */
const firstMs = 10_000;

/** Watches over one source. */
export interface GapWatch {
  answered(nowMs: Ms): void;
  silent(nowMs: Ms): void;
}

/** What a gap is about: `facts` are the ones that nobody else can tell while the source is silent. `periodMs`: how often it is asked, where that is longer than a second. */
export interface Source {
  readonly observer: string;
  readonly site?: string;
  readonly facts: readonly FactName[];
  readonly periodMs?: number;
}

/** Silence counts from the last answer. */
export function createGapWatch(publish: Publish, { periodMs = 0, ...about }: Source, nowMs: Ms): GapWatch {
  let fromMs = nowMs;
  let limitMs = firstMs;
  let inGap = false;
  const tell = (toMs: Ms) => {
    publish({ type: 'gap', ...about, fromMs, toMs }, toMs);
    fromMs = toMs;
  };
  return {
    answered: (at) => {
      if (inGap || at - fromMs > limitMs) tell(at);
      inGap = false;
      limitMs = gapAfterMs + periodMs;
      fromMs = at;
    },
    silent: (at) => {
      if (at - fromMs <= limitMs) return;
      tell(at);
      inGap = true;
      limitMs = gapPieceMs;
    },
  };
}
