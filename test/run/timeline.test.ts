import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { readTimeline } from '../../src/run/read-timeline.ts';
import { createTimeline, timelineName } from '../../src/run/timeline.ts';

const makeFolder = () => mkdtempSync(join(tmpdir(), 'timeline-'));
/** A timeline of `count` notes, one a second. */
function write(count: number) {
  const folder = makeFolder();
  const timeline = createTimeline({ folder });
  for (let i = 0; i < count; i++) timeline.append({ type: 'note', text: `note ${i}` }, i * 1_000, i * 1_000);
  timeline.close();
  return { file: join(folder, timelineName), events: timeline.events };
}
const problemsOf = (file: string) => {
  try {
    readTimeline(file);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).problems.map(({ line, message }) => `${line ?? '-'}: ${message}`);
  }
};
const edit = (file: string, change: (lines: string[]) => string[]) =>
  writeFileSync(file, change(readFileSync(file, 'utf8').split('\n')).join('\n'));

describe('a timeline', () => {
  it('is read back as it was written', () => {
    const { file, events } = write(5);
    expect(readTimeline(file)).toEqual({ events, torn: false });
  });

  it('is on disk after a sync, and before it as far as earlier instants go', () => {
    const folder = makeFolder();
    const timeline = createTimeline({ folder });
    const linesOnDisk = () => readFileSync(join(folder, timelineName), 'utf8').split('\n').length - 1;
    timeline.append({ type: 'note', text: 'a' }, 0, 0);
    timeline.append({ type: 'note', text: 'b' }, 0, 0);
    expect(linesOnDisk()).toBe(0);
    timeline.append({ type: 'note', text: 'c' }, 10, 10);
    expect(linesOnDisk()).toBe(2);
    timeline.sync();
    expect(linesOnDisk()).toBe(3);
    timeline.close();
  });

  it('that can be written no more says so once and goes on in memory', () => {
    const lost: string[] = [];
    const timeline = createTimeline({ folder: makeFolder(), onLost: (error) => lost.push(error.message) });
    timeline.close();
    for (const atMs of [1, 2, 3]) timeline.append({ type: 'note', text: 'x' } as never, atMs, atMs);
    timeline.sync();
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatch(/Failed to write .*timeline\.jsonl/);
    expect(timeline.events).toHaveLength(3);
  });

  it('never says that something happened after it was seen', () => {
    const event = createTimeline({}).append({ type: 'note', text: '' }, 500, 400);
    expect(event).toMatchObject({ atMs: 400, seenMs: 400 });
  });

  it('with a torn last line is read up to there, at every byte', () => {
    const { file, events } = write(3);
    const whole = readFileSync(file, 'utf8');
    const endOfSecond = whole.split('\n').slice(0, 2).join('\n').length + 1;
    for (let length = endOfSecond + 1; length < whole.length - 1; length++) {
      writeFileSync(file, whole.slice(0, length));
      expect(readTimeline(file)).toEqual({ events: events.slice(0, 2), torn: true });
    }
    writeFileSync(file, whole.slice(0, -1));
    expect(readTimeline(file)).toEqual({ events, torn: true });
  });

  it('with a line that was changed is refused with its number, each of them', () => {
    const { file } = write(6);
    edit(file, (lines) => lines.map((line, i) => (i === 1 || i === 4 ? line.replace('note', 'lie!') : line)));
    expect(problemsOf(file)).toEqual([
      '2: Event 1 was edited: its hash does not match',
      '5: Event 4 was edited: its hash does not match',
    ]);
  });

  it('with a line missing, swapped or not of this kind is refused', () => {
    const missing = write(4);
    edit(missing.file, (lines) => lines.filter((_, i) => i !== 1));
    expect(problemsOf(missing.file)).toEqual(['2: Expected event 1, got 2: the timeline has a gap or was reordered']);
    const swapped = write(4);
    edit(swapped.file, ([a, b, c, d, end]) => [a!, c!, b!, d!, end!]);
    expect(problemsOf(swapped.file)[0]).toBe('2: Expected event 1, got 2: the timeline has a gap or was reordered');
    const strange = write(4);
    edit(strange.file, (lines) => lines.map((line, i) => (i === 2 ? 'hello' : line)));
    expect(problemsOf(strange.file)).toContain('3: Expected an event with its hash');
  });

  it('with events numbered anew to hide a gap is refused all the same', () => {
    const { file } = write(4);
    edit(file, (lines) => lines.filter((_, i) => i !== 1).map((line, i) => line.replace(/^\{"n":\d+/, `{"n":${i}`)));
    expect(problemsOf(file)).toContain('2: Event 1 was edited: its hash does not match');
  });

  it('that is not there, or empty, is told', () => {
    expect(problemsOf(join(makeFolder(), timelineName))).toEqual(['-: There is no timeline here']);
    const { file } = write(1);
    writeFileSync(file, '');
    expect(problemsOf(file)).toEqual(['-: The timeline holds no whole event']);
  });

  it('is not written into a folder that has one', () => {
    const folder = makeFolder();
    createTimeline({ folder }).close();
    expect(() => createTimeline({ folder })).toThrow('Another run wrote into this folder');
    appendFileSync(join(folder, 'plain'), '');
    expect(() => createTimeline({ folder: join(folder, 'plain') })).toThrow(InputError);
  });
});
