/** Checks on the arguments of objectives: one that nothing could meet, or that nothing could miss, is refused where it is written. */
import { type Check, checkArguments } from '../base/argument-check.ts';

/** Begins the check of an objective of this family. */
export function check(family: string): Check {
  return checkArguments(`Objective \`${family}\``);
}
