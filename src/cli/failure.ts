/** What became of an error that reached the top: its words on standard error, its exit code. The one place for it. */
import { exitCodes, formatProblem, InputError, OperatingError } from '../base/errors.ts';
import { plainLines } from '../report/plain-text.ts';
import { asTyped } from './invocation.ts';
import type { Io } from './io.ts';

/** More than anybody would mend at a time. */
const problemsMax = 200;

/** Tells of an error and gives the exit code: bad input shows every problem, an operating error its hint, neither a stack; anything else is a defect of ours and shows its stack. */
export function reportFailure(error: unknown, io: Pick<Io, 'err' | 'invocation'>): number {
  const err = (text: string) => io.err(asTyped(text, io.invocation));
  if (error instanceof InputError) {
    for (const problem of error.problems.slice(0, problemsMax)) err(`${plainLines(formatProblem(problem))}\n`);
    const more = error.problems.length - problemsMax;
    if (more > 0) err(`… and ${more} more.\n`);
    return exitCodes.badInput;
  }
  if (error instanceof OperatingError) {
    err(`${plainLines(error.message)}${causeText(error)}\n`);
    if (error.hint !== undefined) err(`    ${plainLines(error.hint)}\n`);
    return error.exitCode;
  }
  if (isGone(error)) {
    err('Expected a working folder, but it was removed. Change to one that exists and run again.\n');
    return exitCodes.badInput;
  }
  err(`internal error: ${error instanceof Error ? plainLines(error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.internal;
}

/** A shell may stand in a folder that somebody removed: nothing relative can be found from there. */
function isGone(error: unknown): boolean {
  return (error as { syscall?: unknown } | null)?.syscall === 'uv_cwd';
}

function causeText(error: OperatingError): string {
  return error.cause instanceof Error ? `: ${plainLines(error.cause.message)}` : '';
}
