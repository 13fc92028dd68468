/**
 * How long both sites took writes while they could not replicate.
 *
 * Sum of the time for which `data.split` held, over the whole timeline. 0 by default. More than the bound is a definite miss.
 */
import type { Ms } from '../base/clock.ts';
import { formatClock, formatDuration } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { finding, unknown } from './finding.ts';
import { heldSpans } from './observed.ts';

/** What is asked. */
export interface SplitBrainOptions {
  readonly msMax?: Ms;
  /** The fault that could bring it about: it must have landed. */
  readonly after?: string;
  readonly name?: string;
}

/** `split brain`: figure `splitMs`. Throws an InputError for impossible arguments. */
export function splitBrain(options: SplitBrainOptions = {}): Objective {
  const { msMax = 0, after, name } = options;
  check('split-brain')
    .only(options, ['msMax', 'after', 'name'])
    .ms('msMax', msMax)
    .text('after', after)
    .text('name', name)
    .done();
  return {
    family: 'split-brain',
    name: name ?? 'split brain',
    expected: msMax === 0 ? 'none' : `≤ ${formatDuration(msMax)}`,
    needs: { faults: after === undefined ? [] : [after], slis: ['data'], facts: ['data.split'] },
    evaluate: (run) => evaluate(run, msMax),
  };
}

function evaluate(run: FoldedRun, msMax: Ms): Finding {
  const window = { fromMs: 0, toMs: run.endMs };
  if (run.changes('data.split', {}).length === 0)
    return unknown('not observed', 'whether both sites take writes was never observed', { window });
  const spans = heldSpans(run, { fact: 'data.split', subject: {} }, window);
  const splitMs = spans.reduce((sum, span) => sum + span.toMs - span.fromMs, 0);
  const details = { window, figures: { splitMs }, evidence: spans.map(({ n }) => n) };
  const because = spans.map((span) => `${formatClock(span.fromMs)} to ${formatClock(span.toMs)}`).join(', ');
  const received = splitMs === 0 ? 'none' : formatDuration(splitMs);
  return splitMs <= msMax
    ? finding('met', received, { ...details, because })
    : finding('missed', received, { ...details, because, definite: true });
}
