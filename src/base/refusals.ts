/** Refusals of factories. Apart because a scenario's file calls many of them: while it is read they wait, so that its author hears of all mistakes at once and not of the first. */
import { InputError, type Problem } from './errors.ts';

/** Refusals since {@link gatherRefusals} began; undefined: nobody gathers. */
let waiting: InputError[] | undefined;
/** Files are read one after the other: a refusal must not land with another file's. */
let turn: Promise<unknown> = Promise.resolve();

/** Throws an InputError if there is a problem, or keeps it for whoever gathers and gives true: the caller then goes on with something harmless, about which nobody complains again. */
export function refuse(problems: readonly Problem[]): boolean {
  if (problems.length === 0) return false;
  const error = new InputError(problems);
  if (waiting === undefined) throw error;
  waiting.push(error);
  return true;
}

/** What came of reading something: refusals in order, and its value or what it threw. */
export interface Gathered<T> {
  readonly refusals: readonly InputError[];
  readonly result: { readonly value: T } | { readonly thrown: unknown };
}

/** Reads with refusals kept back. Never rejects. */
export function gatherRefusals<T>(read: () => Promise<T>): Promise<Gathered<T>> {
  const gathered = turn.then(async (): Promise<Gathered<T>> => {
    const refusals: InputError[] = [];
    waiting = refusals;
    try {
      return { refusals, result: { value: await read() } };
    } catch (thrown) {
      return { refusals, result: { thrown } };
    } finally {
      waiting = undefined;
    }
  });
  turn = gathered;
  return gathered;
}
