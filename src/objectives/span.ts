/** Where in a run an objective looks: the whole load, the visits of story states, or the time after a fault. */
import type { Ms } from '../base/clock.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding } from '../domain/objective.ts';
import { unknown } from './finding.ts';
import { type LandedPass, windowAfter } from './passes.ts';

/** A stretch of time, [fromMs, toMs). */
export interface Span {
  readonly fromMs: Ms;
  readonly toMs: Ms;
}

/** Narrows an objective. Without any: the whole load, from the start of the profile to the end of the load. */
export interface Narrowed {
  /** Only while the story is in one of these states. */
  readonly during?: string | readonly string[];
  /** Only after this fault or operation landed, up to the next damage. */
  readonly after?: string;
}

/** The states of `during` as a list. */
export function statesOf(narrowed: Narrowed): readonly string[] {
  return narrowed.during === undefined ? [] : typeof narrowed.during === 'string' ? [narrowed.during] : narrowed.during;
}

/** ` during degraded`, ` after kill-leader`, or nothing. */
export function describeNarrowed(narrowed: Narrowed): string {
  const states = statesOf(narrowed);
  const during = states.length === 0 ? '' : ` during ${states.join(' and ')}`;
  return narrowed.after === undefined ? during : `${during} after ${narrowed.after}`;
}

/** The spans to judge in order of time, or the unknown that says why there are none. */
export function spansOf(run: FoldedRun, narrowed: Narrowed): readonly Span[] | Finding {
  if (run.loadWindow === undefined) return unknown('not exercised', 'the load profile never started');
  const states = statesOf(narrowed);
  const spans = states.length === 0 ? [run.loadWindow] : visits(run, states);
  if (spans.length === 0) return unknown('not exercised', `${states.join(' and ')} was never entered`);
  if (narrowed.after === undefined) return spans;
  const landed = run.passes(narrowed.after).filter((pass): pass is LandedPass => pass.landed !== undefined);
  const cut = landed.map((pass) => windowAfter(run, pass)).flatMap((after) => cutAll(spans, after));
  return cut.length > 0 ? cut : unknown('did not land', `${narrowed.after} did not land inside what is judged`);
}

function visits(run: FoldedRun, states: readonly string[]): readonly Span[] {
  return run.states
    .filter((visit) => states.includes(visit.state))
    .map((visit) => ({ fromMs: visit.fromMs, toMs: visit.toMs ?? run.endMs }))
    .filter((span) => span.toMs > span.fromMs);
}

function cutAll(spans: readonly Span[], by: Span): readonly Span[] {
  return spans
    .map((span) => ({ fromMs: Math.max(span.fromMs, by.fromMs), toMs: Math.min(span.toMs, by.toMs) }))
    .filter((span) => span.toMs > span.fromMs);
}

/** From the first span's start to the last one's end. */
export function hull(spans: readonly Span[]): Span {
  return { fromMs: spans[0]!.fromMs, toMs: spans.reduce((end, span) => Math.max(end, span.toMs), 0) };
}
