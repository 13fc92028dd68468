/** What a check of this machine says. Apart from the checks because each is a file of its own, and all speak alike. */

/** `bad`: real clusters cannot work. `warn`: they can, with a loss that is told. */
export type State = 'ok' | 'warn' | 'bad';

/** One thing looked at. */
export interface Check {
  readonly name: string;
  readonly state: State;
  /** What was found, in words. */
  readonly found: string;
  /** What to do; empty when nothing. */
  readonly hint: string;
}

/** All is well. */
export function ok(name: string, found: string): Check {
  return { name, state: 'ok', found, hint: '' };
}

/** It works with a loss. */
export function warn(name: string, found: string, hint: string): Check {
  return { name, state: 'warn', found, hint };
}

/** It does not work. */
export function bad(name: string, found: string, hint: string): Check {
  return { name, state: 'bad', found, hint };
}
