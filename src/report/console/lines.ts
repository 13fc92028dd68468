/** Run events as the lines people read while a run goes on: one per phase and state, with what was done there. Apart from printing so that it is a pure fold and can be tested on literal lists. */
import type { RunEvent } from '../../domain/event.ts';
import { plainText } from '../plain-text.ts';
import { createGapFilter } from './gap-filter.ts';
import { type Remark, remarkOn, remarkOnGap } from './remarks.ts';

/** How a line is meant. */
export type Tone = 'plain' | 'good' | 'warn' | 'bad';

/** One line of progress. */
export interface Line {
  readonly atMs: number;
  /** Phase or state; empty for what happens within one. */
  readonly label: string;
  readonly text: string;
  readonly tone: Tone;
}

/** Takes events in order and gives the lines that are complete. */
export interface LineFold {
  /** Lines that this event completed, oldest first. */
  take(event: RunEvent): readonly Line[];
  /** What was held back. */
  flush(): readonly Line[];
}

// A line waits this long (platform time) for what belongs to it, such as the proof of what its state injected.
const holdMs = 2_000;
// Of things that come in dozens (the nodes of a site) this many are named.
const namedMax = 3;

interface Open {
  readonly atMs: number;
  readonly label: string;
  /** Whether the state's entry and the transition to it were both seen; either may come first. */
  entered: boolean;
  explained: boolean;
  /** Lead-in → what it leads in. */
  readonly parts: Map<string, string[]>;
  tone: Tone;
}

/** An empty {@link LineFold}. */
export function createLineFold(): LineFold {
  let open: Open | undefined;
  const isWorthTelling = createGapFilter();
  const flush = () => {
    const line = open;
    open = undefined;
    return line === undefined || (line.label === '' && line.parts.size === 0) ? [] : [closed(line)];
  };
  const begin = (atMs: number, label: string) => {
    const before = flush();
    const line: Open = { atMs, label, entered: false, explained: false, parts: new Map(), tone: 'plain' };
    open = line;
    return { before, line };
  };
  const remark = (event: RunEvent, said: Remark) => {
    if (open !== undefined && event.seenMs <= open.atMs + holdMs) {
      add(open, said);
      return [];
    }
    const { before, line } = begin(event.atMs, '');
    add(line, said);
    return before;
  };
  const heading = (event: RunEvent, label: string, seen: 'entered' | 'explained', said: Remark) => {
    const same = open !== undefined && open.label === label && open.atMs === event.atMs && !open[seen];
    const { before, line } = same ? { before: [], line: open! } : begin(event.atMs, label);
    line[seen] = true;
    add(line, said);
    return before;
  };
  return {
    flush,
    take: (event) => {
      const top = headingOf(event);
      if (top !== undefined) return heading(event, top.label, top.seen, top.said);
      const said = event.type === 'gap' ? remarkOnGap(event, isWorthTelling(event)) : remarkOn(event);
      if (said !== undefined) return remark(event, said);
      return open !== undefined && event.seenMs > open.atMs + holdMs ? flush() : [];
    },
  };
}

interface Heading {
  readonly label: string;
  readonly seen: 'entered' | 'explained';
  readonly said: Remark;
}

// Phases that need no line when they say nothing: the states of the story speak for the one, the verdicts for the other.
const silent: readonly string[] = ['story', 'ended'];

function headingOf(event: RunEvent): Heading | undefined {
  if (event.type === 'phase') {
    if (event.text === undefined && silent.includes(event.phase)) return undefined;
    return { label: event.phase, seen: 'entered', said: { lead: '', text: event.text ?? '', tone: 'plain' } };
  }
  if (event.type === 'transition') {
    const text = event.cause === 'start' ? '' : event.text;
    return { label: event.to, seen: 'explained', said: { lead: '', text, tone: 'plain' } };
  }
  if (event.type !== 'state') return undefined;
  return { label: event.state, seen: 'entered', said: { lead: '', text: event.because ?? '', tone: toneOf(event) } };
}

function toneOf(event: { readonly ending?: 'expected' | 'failed' | 'inconclusive' }): Tone {
  if (event.ending === undefined) return 'plain';
  return event.ending === 'expected' ? 'good' : event.ending === 'failed' ? 'bad' : 'warn';
}

const tones: readonly Tone[] = ['plain', 'good', 'warn', 'bad'];

function add(line: Open, said: Remark): void {
  if (tones.indexOf(said.tone) > tones.indexOf(line.tone)) line.tone = said.tone;
  if (said.text === '') return;
  const key = line.label === '' && said.about !== undefined ? `${said.about} ${said.lead}` : said.lead;
  const texts = line.parts.get(key) ?? [];
  if (!texts.includes(said.text)) line.parts.set(key, [...texts, said.text]);
}

function closed(line: Open): Line {
  const parts = [...line.parts].map(([lead, texts]) => lead + listed(lead, texts));
  return { atMs: line.atMs, label: plainText(line.label), text: plainText(parts.join('; ')), tone: line.tone };
}

function listed(lead: string, texts: readonly string[]): string {
  if (lead === '') return texts.join('; ');
  const more = texts.length - namedMax;
  return texts.slice(0, namedMax).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
