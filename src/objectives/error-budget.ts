/**
 * The share of a service's 30-day error budget that the run used.
 *
 * Burn rate (share of bad requests ÷ share allowed) × length of the load ÷ 30 days. Says what one such day costs, whatever its
 * rate of requests.
 */
import { formatRatio } from '../base/format.ts';
import { errorBudgetUsed } from '../domain/error-budget.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { factsOfSli } from './measured-sli.ts';

/** What is asked. */
export interface ErrorBudgetOptions {
  readonly of: string;
  /** The promised success ratio, 0..1, below 1: with 1 there is no budget. */
  readonly target: number;
  /** Share of the 30-day budget that may be used, 0..1. */
  readonly ratioMax: number;
  readonly name?: string;
}

/** `error budget of orders`: figures `budgetShare`, `burnRate`. Throws an InputError for impossible arguments. */
export function errorBudget(options: ErrorBudgetOptions): Objective {
  const { of, target, ratioMax, name } = options;
  check('error-budget')
    .only(options, ['of', 'target', 'ratioMax', 'name'])
    .given({ of, target, ratioMax })
    .text('of', of)
    .ratio('target', target)
    .that(target !== 1, '`target` below 1: with 1 there is no budget to use')
    .ratio('ratioMax', ratioMax)
    .text('name', name)
    .done();
  return {
    family: 'error-budget',
    name: name ?? `error budget of ${of}`,
    expected: `≤ ${formatRatio(ratioMax)} of 30 days`,
    needs: { faults: [], slis: [of], facts: factsOfSli(of) },
    evaluate: (run) => evaluate(run, options),
  };
}

function evaluate(run: FoldedRun, { of, target, ratioMax }: ErrorBudgetOptions): Finding {
  const used = errorBudgetUsed(run, of, target);
  if (used === undefined || run.loadWindow === undefined) return unknown('not exercised', `no request of ${of} ended`);
  const { shareOfBudgetRatio, burnRate } = used;
  return finding(standingOf(shareOfBudgetRatio <= ratioMax), formatRatio(shareOfBudgetRatio), {
    because: `burnt ${burnRate.toFixed(1)} times as fast as allowed`,
    window: run.loadWindow,
    figures: { budgetShare: shareOfBudgetRatio, burnRate },
  });
}
