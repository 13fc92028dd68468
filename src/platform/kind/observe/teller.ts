/** Publishes a fact at first sight and when its value changes. Apart from what is read, so that every reader may say the same thing as often as it likes. */
import type { Ms } from '../../../base/clock.ts';
import type { Publish } from '../../../domain/event.ts';
import { type FactName, type FactValue, factKey, type Subject } from '../../../domain/fact.ts';

/** One fact as read now. */
export interface Reading {
  readonly fact: FactName;
  readonly subject: Subject;
  readonly value: FactValue;
  /** When it became so, if the source says; else the reader's time counts. */
  readonly atMs?: Ms;
}

/** A teller of facts. */
export interface Teller {
  /** Tells those readings that are news. Stamps are whole, never in the future and never before the fact's last change. */
  tell(readings: readonly Reading[], atMs: Ms): void;
  /** The value told last; undefined when nothing was. */
  value(fact: FactName, subject: Subject): FactValue | undefined;
}

/** A teller that has told nothing yet. `onNews` hears of each change, and its stamp, after it was published. */
export function createTeller(
  now: () => Ms,
  publish: Publish,
  onNews: (reading: Reading, atMs: Ms) => void = () => {},
): Teller {
  const told = new Map<string, { readonly value: FactValue; readonly atMs: Ms }>();
  const tellOne = (reading: Reading, readMs: Ms) => {
    const { fact, subject, value } = reading;
    const key = factKey(fact, subject);
    const before = told.get(key);
    if (before !== undefined && before.value === value) return;
    const atMs = Math.max(before?.atMs ?? 0, Math.min(Math.floor(reading.atMs ?? readMs), now()));
    told.set(key, { value, atMs });
    publish({ type: 'fact', fact, subject, value }, atMs);
    onNews(reading, atMs);
  };
  return {
    tell: (readings, atMs) => {
      for (const reading of readings) tellOne(reading, atMs);
    },
    value: (fact, subject) => told.get(factKey(fact, subject))?.value,
  };
}
