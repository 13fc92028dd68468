/**
 * How the scenario's own statechart ended. Every scenario has it.
 *
 * Expected ending → met. Failed ending by a fact → missed. Failed ending by a time-out → missed only if every fault injected so
 * far had landed and no observer of a fact that it waited for had a gap meanwhile; else unknown, because what was waited
 * for may have happened unseen. Inconclusive, or no ending at all → unknown.
 */

import type { Condition } from '../domain/condition.ts';
import type { RunEventOf } from '../domain/event.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { finding, unknown } from './finding.ts';

/** What is known of the story beside its timeline. */
export interface StoryKnowledge {
  /** What its conditions depend on. */
  readonly slis: readonly string[];
  /** Conditions of the ways out of a state. */
  awaited(state: string): readonly Condition[];
}

/** The implicit objective. Without knowledge of the story every gap of an observer casts doubt on a time-out. */
export function story(knowledge?: StoryKnowledge): Objective {
  const needs = { faults: [], slis: knowledge?.slis ?? [] };
  return { family: 'story', name: 'story', expected: 'as told', needs, evaluate: (run) => evaluate(run, knowledge) };
}

function evaluate(run: FoldedRun, knowledge: StoryKnowledge | undefined): Finding {
  const ending = run.ending;
  if (ending === undefined) return unknown('no ending', `the story stood in ${run.states.at(-1)?.state ?? 'no state'}`);
  const details = { because: ending.because ?? '', evidence: [ending.n] };
  if (ending.ending === 'expected') return finding('met', ending.state, details);
  if (ending.ending !== 'failed') return finding('unknown', ending.state, details);
  const doubt = run.endedByTimeout ? doubtOf(run, ending, knowledge) : undefined;
  return doubt === undefined ? finding('missed', ending.state, details) : unknown(ending.state, doubt, details);
}

function doubtOf(
  run: FoldedRun,
  ending: RunEventOf<'state'>,
  knowledge: StoryKnowledge | undefined,
): string | undefined {
  const unlanded = run.faults.find((pass) => pass.landed === undefined);
  if (unlanded !== undefined) return `${ending.state} by time-out, but ${unlanded.fault} did not land`;
  const waiting = run.states.filter((visit) => visit.n < ending.n && visit.toMs === ending.atMs);
  for (const { state, fromMs } of waiting) {
    const gaps = run.gaps(fromMs, ending.atMs);
    const gap = knowledge === undefined ? gaps[0] : gaps.find((one) => hides(one, knowledge.awaited(state)));
    if (gap !== undefined) return `${ending.state} by time-out, but ${gap.observer} had a gap`;
  }
  return undefined;
}

/** Whether one of the conditions could have come true unseen. */
function hides(gap: RunEventOf<'gap'>, awaited: readonly Condition[]): boolean {
  return awaited.some(
    ({ fact, subject }) =>
      (gap.facts.includes('*') || gap.facts.includes(fact)) &&
      (gap.site === undefined || subject.site === undefined || gap.site === subject.site),
  );
}
