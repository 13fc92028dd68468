/** The steps that kind prints while it creates a cluster, as events. Apart because the text is kind's and changes with it. */

/** A step of kind's work. */
export interface Step {
  /** As kind names it, without pictures: `Preparing nodes`. */
  readonly text: string;
  readonly state: 'begun' | 'done' | 'failed';
}

/** Where kind writes to no terminal, a step begins with a bullet and ends its line with dots; it ends with a tick or a cross. Source: kind, pkg/internal/cli/status.go, 0.27 to 0.33. */
const begun = /^ • (.*\S)\s+\.\.\.$/;
const ended = /^ ([✓✗]) (.*)$/;

const pictures = /\p{Extended_Pictographic}|\u{FE0F}/gu;

/** The step that a line tells of; undefined for any other line, such as kind's salutation. */
export function parseStep(line: string): Step | undefined {
  const start = begun.exec(line);
  if (start !== null) return { text: words(start[1]!), state: 'begun' };
  const end = ended.exec(line);
  if (end === null) return undefined;
  return { text: words(end[2]!), state: end[1] === '✓' ? 'done' : 'failed' };
}

function words(text: string): string {
  return text.replace(pictures, '').replace(/\s+/g, ' ').trim();
}
