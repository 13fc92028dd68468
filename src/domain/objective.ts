/** Objectives and verdicts: what is asked of a run, and the answer in three values. The judgement itself is in `objectives/`, one file per family. */
import type { Ms } from '../base/clock.ts';
import type { FactName, Subject } from './fact.ts';
import type { FoldedRun } from './folded-run.ts';

/** Three values; missed > unknown > met. */
export type Standing = 'met' | 'missed' | 'unknown';

/** One thing asked of a run. */
export interface Objective {
  /** File name of the family: `recovery`, `availability`. */
  readonly family: string;
  /** Unique in a scenario; names the objective in twins, diffs and reports: `recovery of api.write`. */
  readonly name: string;
  /** In words, for the table: `≤ 15 s`. */
  readonly expected: string;
  /** What it is about: faults and operations that must have landed, SLIs whose input must be modelled, and `data`, `autoscaling` or `workloads` (how pods are placed and kept). `facts`: those whose observers must not have had a gap in the window; absent: only gaps of every fact count. */
  readonly needs: {
    readonly faults: readonly string[];
    readonly slis: readonly string[];
    readonly facts?: readonly FactName[];
    /** Sites whose observers matter; absent: those that the faults were aimed at, or all. */
    readonly sites?: readonly string[];
    /** Names of topology and load that it goes by, and states of the story: one that is not there is refused before the run. */
    readonly about?: readonly Subject[];
    readonly states?: readonly string[];
  };
  /** Pure judgement over a folded run. */
  evaluate(run: FoldedRun): Finding;
}

/** What an evaluation found. */
export interface Finding {
  readonly standing: Standing;
  /** In words, for the table: `2.1 s`, `> 30 s`, `not exercised`. */
  readonly received: string;
  /** Why, in words; may be empty. */
  readonly because: string;
  /** The stretch of time that was judged. */
  readonly window?: { readonly fromMs: Ms; readonly toMs: Ms };
  /** Where a gap of an observer would cast doubt; absent: in all of `window`. */
  readonly gapsMatter?: { readonly fromMs: Ms; readonly toMs: Ms };
  /** Figures by name for diffs and distributions; unit in the name; smaller is better unless the name says `ratio` of success or `Rps`. */
  readonly figures: Readonly<Record<string, number>>;
  /** Numbers of the events that prove it. */
  readonly evidence: readonly number[];
  /** Nothing that was not observed could turn this *missed*: a lost order is lost. */
  readonly definite?: true;
  /** A mean or a quantile up to the end of the run: the rest of a run that broke off could have turned it. */
  readonly open?: true;
  /** What was hit had been restarted shortly before and waited in its back-off: the figures are those of a second fall, and never compared with those of a first. */
  readonly warm?: true;
}

/** A finding with what was asked. */
export interface Verdict extends Finding {
  readonly objective: string;
  readonly family: string;
  readonly expected: string;
}

/** The standing of a whole: missed if any is, else unknown if any is, else met. No objective at all is unknown. */
export function worstStanding(standings: readonly Standing[]): Standing {
  if (standings.includes('missed')) return 'missed';
  return standings.length === 0 || standings.includes('unknown') ? 'unknown' : 'met';
}
