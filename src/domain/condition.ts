/** Conditions on facts: what stories, undos and objectives wait for. Apart from the facts, which only say what is. */
import type { Ms } from '../base/clock.ts';
import { type FactName, type Facts, type FactValue, factKey, facts, type Subject } from './fact.ts';

/** A test on a fact; without bounds: it holds (boolean true, number above 0, text present). */
export interface Condition {
  readonly fact: FactName;
  readonly subject: Subject;
  /** Exactly this value. */
  readonly is?: FactValue;
  /** At least, at most (numbers). */
  readonly min?: number;
  readonly max?: number;
  /** The opposite of holding. */
  readonly not?: boolean;
  /** Only if it became so at or after the landing of this fault or operation. */
  readonly since?: string;
}

/** Whether the value alone satisfies the condition (its `since` aside). */
export function satisfies(condition: Condition, value: FactValue): boolean {
  return (condition.not ?? false) !== positive(condition, value);
}

function positive(condition: Condition, value: FactValue): boolean {
  if (condition.is !== undefined) return value === condition.is;
  if (condition.min !== undefined || condition.max !== undefined)
    return typeof value === 'number' && value >= (condition.min ?? -Infinity) && value <= (condition.max ?? Infinity);
  return value === true || (typeof value === 'number' && value > 0) || (typeof value === 'string' && value !== '');
}

/** Whether the condition is satisfied now. `landedAtMs(name)`: lower end of the newest landing of a fault, undefined before it landed. With `since`, the fact must have become what it is at or after that. */
export function holds(condition: Condition, known: Facts, landedAtMs: (fault: string) => Ms | undefined): boolean {
  const entry = known.get(factKey(condition.fact, condition.subject));
  if (entry === undefined || !satisfies(condition, entry.value)) return false;
  if (condition.since === undefined) return true;
  const landed = landedAtMs(condition.since);
  return landed !== undefined && entry.atMs >= landed;
}

/** `etcd.leader of east`, `workload.ready of east/orders ≥ 4`. */
export function describeCondition(condition: Condition): string {
  const subject = facts[condition.fact].subject.map((part) => condition.subject[part]).join('/');
  const bound =
    condition.is !== undefined
      ? ` = ${condition.is}`
      : `${condition.min === undefined ? '' : ` ≥ ${condition.min}`}${condition.max === undefined ? '' : ` ≤ ${condition.max}`}`;
  const since = condition.since === undefined ? '' : ` since ${condition.since}`;
  return `${condition.not ? 'not ' : ''}${condition.fact}${subject === '' ? '' : ` of ${subject}`}${bound}${since}`;
}
