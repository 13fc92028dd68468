/** What became of an error that reached the top: its words on standard error, its exit code. The one place for it. */
import { exitCodes, formatProblem, InputError, OperatingError } from '../base/errors.ts';
import { plainLines } from '../report/plain-text.ts';

/** Tells of an error and gives the exit code: bad input shows every problem, an operating error its hint, neither a stack; anything else is a defect of ours and shows its stack. */
export function reportFailure(error: unknown, err: (text: string) => void): number {
  if (error instanceof InputError) {
    for (const problem of error.problems) err(`${plainLines(formatProblem(problem))}\n`);
    return exitCodes.badInput;
  }
  if (error instanceof OperatingError) {
    err(`${plainLines(error.message)}${causeText(error)}\n`);
    if (error.hint !== undefined) err(`    ${plainLines(error.hint)}\n`);
    return error.exitCode;
  }
  err(`internal error: ${error instanceof Error ? plainLines(error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.internal;
}

function causeText(error: OperatingError): string {
  return error.cause instanceof Error ? `: ${plainLines(error.cause.message)}` : '';
}
