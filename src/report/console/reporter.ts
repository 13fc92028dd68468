/** The console during a run: prints lines as they are complete. It only looks: whatever breaks in it, the run goes on. */

import { formatClock } from '../../base/format.ts';
import type { RunEvent } from '../../domain/event.ts';
import { plainText } from '../plain-text.ts';
import { lengthOf, padText, wrapText } from '../wrap.ts';
import type { Colours } from './colours.ts';
import { createLineFold, type Line } from './lines.ts';

/** Takes events of one run, in order. */
export interface Reporter {
  readonly take: (event: RunEvent) => void;
  /** The run is over. */
  readonly end: () => void;
}

/** Where and how wide to print. */
export interface ConsoleOptions {
  readonly write: (text: string) => void;
  readonly colours: Colours;
  /** Characters a line may have; absent: any. */
  readonly width?: number;
  /** Longest label to expect, for the alignment; 11 when absent. */
  readonly labelWidth?: number;
}

/** What heads a run: `etcd-leader-loss · simulated · seed 7f3a · dual-site`, its title, an empty line. */
export function headerLines(
  run: {
    readonly scenario: string;
    readonly platform: string;
    readonly seed: string;
    readonly topology: string;
    readonly title: string;
  },
  colours: Colours,
): readonly string[] {
  const first = [run.scenario, run.platform, `seed ${run.seed}`, run.topology].map(plainText).join(' · ');
  return [colours.strong(first), plainText(run.title), ''];
}

/** A {@link Reporter} that prints one line per phase and state. */
export function createConsoleReporter(options: ConsoleOptions): Reporter {
  const fold = createLineFold();
  const print = (lines: readonly Line[]) => {
    for (const line of lines) options.write(`${lineText(line, options)}\n`);
  };
  return {
    take: (event) => {
      if (event.type === 'run.started')
        for (const line of reservations(event)) options.write(`${options.colours.faint(line)}\n`);
      else print(fold.take(event));
    },
    end: () => print(fold.flush()),
  };
}

function reservations(event: Extract<RunEvent, { type: 'run.started' }>): readonly string[] {
  const assumed = event.assumed.map((text) => `Assumed: ${plainText(text)}`);
  const unknown = event.notModelled.map(
    (each) =>
      `Not modelled: ${plainText(each.field)}${each.couldChange.length === 0 ? '' : `, could change ${plainText(each.couldChange.join(', '))}`}`,
  );
  const lines = [...assumed, ...unknown];
  return lines.length === 0 ? [] : [...lines, ''];
}

const timeWidth = 9;
const textWidthMin = 30;

function lineText(line: Line, options: ConsoleOptions): string {
  const start = `${formatClock(line.atMs).padStart(timeWidth)}  `;
  const label = padText(line.label, options.labelWidth ?? 11);
  const indent = lengthOf(start) + lengthOf(label) + 1;
  const room = (options.width ?? Number.POSITIVE_INFINITY) - indent;
  const [first, ...rest] =
    room === Number.POSITIVE_INFINITY ? [line.text] : wrapText(line.text, Math.max(room, textWidthMin));
  const head = `${start}${options.colours.tone(line.tone, label)} ${first ?? ''}`.trimEnd();
  return [head, ...rest.map((text) => ' '.repeat(indent) + text)].join('\n');
}

/** The reporter, except that the first error it throws is told once and ends its part: a report never costs a run. */
export function guarded(reporter: Reporter, tell: (error: unknown) => void): Reporter {
  let broken = false;
  const attempt = (act: () => void) => {
    if (broken) return;
    try {
      act();
    } catch (error) {
      broken = true;
      tell(error);
    }
  };
  return { take: (event) => attempt(() => reporter.take(event)), end: () => attempt(() => reporter.end()) };
}
