/** Reads a stored timeline back. Apart from writing it because it trusts nothing: a torn last line is a crash and allowed, a gap or an edit is refused. */
import { InputError, type Problem } from '../base/errors.ts';
import { chainStart, readChainLine } from '../base/hash-chain.ts';
import { readPlainFile, whyUnread } from '../base/plain-file.ts';
import type { RunEvent } from '../domain/event.ts';

/** The events of a stored timeline, and whether its last line was torn off. */
export interface StoredTimeline {
  readonly events: readonly RunEvent[];
  readonly torn: boolean;
}

/** The longest run that was ever measured wrote a tenth of this. Longer files would not fit in memory as events. */
const mebibytesMax = 256;

/** A file that is no timeline has as many problems as lines; the first tell enough. */
const problemsMax = 100;

/** Reads a timeline. Throws an {@link InputError} with gaps and edits by line (the first hundred), and when the file cannot be read. */
export function readTimeline(file: string): StoredTimeline {
  let text: string;
  try {
    text = readPlainFile(file, mebibytesMax).toString();
  } catch (error) {
    throw new InputError(unreadable(file, error as NodeJS.ErrnoException));
  }
  return parseTimeline(text, file);
}

/** The same for a text; `file` names it in problems. */
export function parseTimeline(text: string, file: string): StoredTimeline {
  const lines = text.split('\n');
  const unended = lines.pop() ?? '';
  const problems: Problem[] = [];
  const events: RunEvent[] = [];
  let before = chainStart;
  let expected = 0;
  for (const [i, line] of lines.entries()) {
    const read = readLine(line, before);
    const wrong = read === undefined ? 'Expected an event with its hash' : wrongWith(read, expected);
    if (wrong !== undefined && problems.length === problemsMax) break;
    if (wrong !== undefined) problems.push({ file, line: i + 1, message: wrong });
    expected = (read?.event.n ?? expected) + 1;
    before = read?.hash ?? before;
    if (read !== undefined) events.push(read.event);
  }
  if (problems.length > 0) throw new InputError(problems);
  if (events.length === 0) throw new InputError({ file, message: 'The timeline holds no whole event' });
  const last = readLine(unended, before);
  const whole = last !== undefined && wrongWith(last, expected) === undefined;
  return { events: whole ? [...events, last.event] : events, torn: unended !== '' };
}

interface ReadLine {
  readonly event: RunEvent;
  readonly hash: string;
  readonly right: boolean;
}

function readLine(line: string, before: string): ReadLine | undefined {
  const chained = readChainLine(line, before);
  if (chained === undefined) return undefined;
  try {
    return { event: JSON.parse(chained.body) as RunEvent, hash: chained.hash, right: chained.right };
  } catch {
    return undefined;
  }
}

/** A gap breaks the hash too, so it is told first. */
function wrongWith(read: ReadLine, expected: number): string | undefined {
  const { n } = read.event;
  if (n !== expected) return `Expected event ${expected}, got ${n}: the timeline has a gap or was reordered`;
  return read.right ? undefined : `Event ${n} was edited: its hash does not match`;
}

function unreadable(file: string, error: NodeJS.ErrnoException): Problem {
  if (error.code === 'ENOENT')
    return {
      file,
      message: 'There is no timeline here',
      hint: 'Expected the folder of a run, such as reports/<run-id>.',
    };
  return { file, message: `Expected a readable timeline, but ${whyUnread(error)}` };
}
