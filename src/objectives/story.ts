/**
 * How the scenario's own statechart ended. Every scenario has it.
 *
 * Expected ending → met. Failed ending by a fact → missed. Failed ending by a time-out → missed only if every fault injected so
 * far had landed and no observer had a gap since the state before the ending was entered; else unknown, because what was waited
 * for may have happened unseen. Inconclusive, or no ending at all → unknown.
 */
import type { RunEventOf } from '../domain/event.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { finding, unknown } from './finding.ts';

/** The implicit objective. `slis`: what the story's own conditions depend on. */
export function story(slis: readonly string[] = []): Objective {
  return { family: 'story', name: 'story', expected: 'as told', needs: { faults: [], slis }, evaluate };
}

function evaluate(run: FoldedRun): Finding {
  const ending = run.ending;
  if (ending === undefined) return unknown('no ending', `the story stood in ${run.states.at(-1)?.state ?? 'no state'}`);
  const details = { because: ending.because ?? '', evidence: [ending.n] };
  if (ending.ending === 'expected') return finding('met', ending.state, details);
  if (ending.ending !== 'failed') return finding('unknown', ending.state, details);
  const doubt = run.endedByTimeout ? doubtOf(run, ending) : undefined;
  return doubt === undefined ? finding('missed', ending.state, details) : unknown(ending.state, doubt, details);
}

function doubtOf(run: FoldedRun, ending: RunEventOf<'state'>): string | undefined {
  const unlanded = run.faults.find((pass) => pass.landed === undefined);
  if (unlanded !== undefined) return `${ending.state} by time-out, but ${unlanded.fault} did not land`;
  const waitedFromMs = run.states.findLast((visit) => visit.n < ending.n)?.fromMs ?? 0;
  const gap = run.gaps(waitedFromMs, ending.atMs)[0];
  return gap === undefined ? undefined : `${ending.state} by time-out, but ${gap.observer} had a gap`;
}
