/** Judgement of a run: folds its timeline, asks every objective, and applies the rules by which a verdict is *unknown*. Needs the timeline only, so any stored run can be judged again. */
import { type ExitCode, exitCodes, worstExitCode } from '../base/errors.ts';
import type { RunEvent } from '../domain/event.ts';
import { foldRun } from '../domain/fold-run.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import { type Finding, type Objective, type Standing, type Verdict, worstStanding } from '../domain/objective.ts';
import type { StoryDefinition } from '../domain/story.ts';
import { unknown } from '../objectives/finding.ts';
import { story } from '../objectives/story.ts';
import { doubtAfter, doubtBefore } from './doubt.ts';
import { knowledgeOf } from './story-needs.ts';

/** What a scenario asks; a `Scenario` fits. */
export interface Asked {
  readonly objectives: readonly Objective[];
  /** From which the objective *story* learns what it depends on; absent: on nothing but what concerns everything. */
  readonly story?: StoryDefinition;
}

/** What came of a run. */
export interface Judgement {
  /** *story* first, then the objectives in their order. */
  readonly verdicts: readonly Verdict[];
  readonly standing: Standing;
  /** From standing, aborts, crashes and what was left unreverted: 5 > 4 > 1 > 3 > 0. */
  readonly exitCode: ExitCode;
  /** The fold, for figures beside the verdicts; undefined when the timeline does not begin a run. */
  readonly run: FoldedRun | undefined;
}

/** Judges a timeline, whole or torn. An objective that throws is *unknown* with its reason; nothing here throws for what a run did. */
export function judge(events: readonly RunEvent[], asked: Asked): Judgement {
  const objectives = [story(asked.story === undefined ? undefined : knowledgeOf(asked.story)), ...asked.objectives];
  const run = events[0]?.type === 'run.started' ? foldRun(events) : undefined;
  const verdicts = objectives.map((objective) => verdictOf(run, objective));
  const standing = worstStanding(verdicts.map((verdict) => verdict.standing));
  return { verdicts, standing, exitCode: exitCodeOf(run, standing), run };
}

function verdictOf(run: FoldedRun | undefined, objective: Objective): Verdict {
  const { name, family, expected } = objective;
  return { objective: name, family, expected, ...findingOf(run, objective) };
}

function findingOf(run: FoldedRun | undefined, objective: Objective): Finding {
  if (run === undefined) return unknown('no run', 'the timeline does not begin a run');
  const before = doubtBefore(run, objective);
  if (before !== undefined) return unknown(before.received, before.because);
  const finding = evaluated(run, objective);
  const doubt = doubtAfter(run, objective, finding);
  if (doubt === undefined) return finding;
  const because = finding.because === '' ? doubt : `${doubt}; ${finding.because}`;
  return { ...finding, standing: 'unknown', because };
}

function evaluated(run: FoldedRun, objective: Objective): Finding {
  try {
    return objective.evaluate(run);
  } catch (error) {
    return unknown('not judged', `the objective failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const codes: Readonly<Record<Standing, ExitCode>> = {
  met: exitCodes.met,
  missed: exitCodes.missed,
  unknown: exitCodes.inconclusive,
};

function exitCodeOf(run: FoldedRun | undefined, standing: Standing): ExitCode {
  const all: ExitCode[] = [codes[standing]];
  if (run === undefined || run.ended === undefined || run.ended.how === 'failed') all.push(exitCodes.inconclusive);
  if (run?.ended?.how === 'aborted') all.push(exitCodes.aborted);
  if ((run?.unreverted.length ?? 0) > 0) all.push(exitCodes.unreverted);
  return worstExitCode(all) as ExitCode;
}
