/** What became of an error that reached the top: its words on standard error, its exit code. The one place for it. */
import { exitCodes, formatProblem, InputError, OperatingError } from '../base/errors.ts';
import { plainText } from '../report/plain-text.ts';

/** Tells of an error and gives the exit code: bad input shows every problem, an operating error its hint, neither a stack; anything else is a defect of ours and shows its stack. */
export function reportFailure(error: unknown, err: (text: string) => void): number {
  if (error instanceof InputError) {
    for (const problem of error.problems) err(`${safeLines(formatProblem(problem))}\n`);
    return exitCodes.badInput;
  }
  if (error instanceof OperatingError) {
    err(`${safeLines(error.message)}${causeText(error)}\n`);
    if (error.hint !== undefined) err(`    ${safeLines(error.hint)}\n`);
    return error.exitCode;
  }
  err(`internal error: ${error instanceof Error ? safeLines(error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.internal;
}

function causeText(error: OperatingError): string {
  return error.cause instanceof Error ? `: ${safeLines(error.cause.message)}` : '';
}

function safeLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.slice(0, line.length - line.trimStart().length) + plainText(line.trimStart()))
    .join('\n');
}
