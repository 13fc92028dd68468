/** Error budget: how fast a run burnt what a service may fail in 30 days. Apart because objectives, records and reports all print it and must agree. */
import type { Ms } from '../base/clock.ts';
import type { FoldedRun } from './folded-run.ts';
import { endedOf, partInside } from './sli-slots.ts';

/** The period of the budget, ms: 30 days, as service level objectives are commonly stated. Longer makes every run look cheaper. */
export const budgetPeriodMs: Ms = 30 * 24 * 3_600_000;

/** What was burnt. */
export interface BudgetUse {
  /** Failed and indeterminate ÷ ended, 0..1. */
  readonly badRatio: number;
  /** How many times faster than allowed: badRatio ÷ (1 − ratioMin). Infinity when nothing is allowed and something failed. */
  readonly burnRate: number;
  /** Share of the 30-day budget: burn rate × length ÷ 30 days; 1 = all of it. Takes the run's rate for the usual one, so a peak counts as if every hour were one. */
  readonly shareOfBudgetRatio: number;
  readonly ended: number;
}

/** Budget of a service that was used in the load window of the run, or in part of it. `ratioMin`: the promised success ratio, 0..1. Undefined without requests. */
export function errorBudgetUsed(
  run: FoldedRun,
  service: string,
  ratioMin: number,
  span: { readonly fromMs: Ms; readonly toMs: Ms } | undefined = run.loadWindow,
): BudgetUse | undefined {
  if (span === undefined) return undefined;
  let ended = 0;
  let bad = 0;
  for (const stretch of run.traffic(service)) {
    const part = partInside(stretch, span.fromMs, span.toMs);
    if (part === 0) continue;
    const counts = endedOf(stretch, undefined);
    ended += (counts.ok + counts.bad) * part;
    bad += counts.bad * part;
  }
  if (ended === 0) return undefined;
  const badRatio = bad / ended;
  const burnRate = bad === 0 ? 0 : badRatio / (1 - ratioMin);
  return { badRatio, burnRate, shareOfBudgetRatio: (burnRate * (span.toMs - span.fromMs)) / budgetPeriodMs, ended };
}
