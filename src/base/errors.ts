/** The errors a person can meet: what was expected, what came, where, what to do. Apart so that every floor speaks alike and the exit code follows from the code. */

/** Exit codes of the command line (0 is "all met"). Several at once: see {@link worstExitCode}. */
export const exitCodes = {
  met: 0,
  missed: 1,
  badInput: 2,
  inconclusive: 3,
  aborted: 4,
  unreverted: 5,
  internal: 70,
} as const;

/** One of the exit codes of the command line. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const severity: readonly number[] = [5, 70, 2, 4, 1, 3, 0];

/** The exit code that wins when several apply: 5 > 70 > 2 > 4 > 1 > 3 > 0. An empty list is 0. */
export function worstExitCode(codes: readonly number[]): number {
  return severity.find((code) => codes.includes(code)) ?? (codes.length === 0 ? 0 : 70);
}

/** Where in the input a problem stands. Lines and columns count from 1. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** One thing wrong with the input, in words. */
export interface Problem extends Place {
  /** "Expected `rateRpsPeak` to be a positive number of requests per second, got `-5`". */
  readonly message: string;
  /** What is known or what to do: `Sites: east, west. Did you mean "east"?` */
  readonly hint?: string;
}

/** Bad input or a refused preflight: all problems at once, exit code 2, never a stack trace. */
export class InputError extends Error {
  readonly problems: readonly Problem[];
  readonly exitCode: ExitCode = exitCodes.badInput;
  constructor(problems: readonly Problem[] | Problem | string) {
    const list = typeof problems === 'string' ? [{ message: problems }] : 'message' in problems ? [problems] : problems;
    super(list.map(formatProblem).join('\n'));
    this.name = 'InputError';
    this.problems = list;
  }
}

/** Something outside the project went wrong while a run was under way (platform lost, provisioning failed, record not readable): inconclusive unless told otherwise. */
export class OperatingError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  constructor(message: string, options: { cause?: unknown; hint?: string; exitCode?: ExitCode } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OperatingError';
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? exitCodes.inconclusive;
  }
}

/** Collects problems so that all are reported at once. */
export interface ProblemList {
  readonly problems: readonly Problem[];
  /** Adds one problem. */
  add(problem: Problem): void;
  /** Throws an {@link InputError} with all problems if there is at least one. */
  throwIfAny(): void;
}

/** An empty {@link ProblemList}. */
export function createProblemList(): ProblemList {
  const problems: Problem[] = [];
  return {
    problems,
    add: (problem) => void problems.push(problem),
    throwIfAny: () => {
      if (problems.length > 0) throw new InputError(problems);
    },
  };
}

/** A problem as one or two plain lines: `file:line:column  message` and an indented hint. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const head = place === '' ? problem.message : `${place}  ${problem.message}`;
  return problem.hint === undefined ? head : `${head}\n    ${problem.hint}`;
}

/** `Did you mean "east"?` when a known word is near (at most a third of its letters differ), else undefined. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  if (best === undefined || bestDistance > Math.max(1, Math.floor(Math.max(word.length, best.length) / 3)))
    return undefined;
  return `Did you mean "${best}"?`;
}

/** A list of known words and the nearest one: `Sites: east, west. Did you mean "east"?` */
export function knownWords(label: string, word: string, known: readonly string[]): string {
  const near = didYouMean(word, known);
  const list = known.length === 0 ? `${label}: none.` : `${label}: ${known.join(', ')}.`;
  return near === undefined ? list : `${list} ${near}`;
}

/** Levenshtein distance in single characters. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(swap, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
