/**
 * How many tries one request cost, retries inside the platform and by clients included.
 *
 * (asked + retries) ÷ asked, over the whole load, while the story is in given states, or after a fault. 1 is no retry at all.
 * A retry storm shows here before it shows anywhere else.
 */
import { formatCount } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { windowOf } from '../domain/sli-window.ts';
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { describeSli, factsOfSli, type SliName, stretchesOf } from './measured-sli.ts';
import { describeNarrowed, hull, type Narrowed, spansOf } from './span.ts';
import { tally } from './tally.ts';

/** What is asked. */
export interface AmplificationOptions extends SliName, Narrowed {
  /** Tries per request, 1 or more. */
  readonly triesPerRequestMax: number;
  readonly name?: string;
}

/** `amplification of orders`: figures `triesPerRequest`, `retries`. Throws an InputError for impossible arguments. */
export function amplification(options: AmplificationOptions): Objective {
  const { of, after, triesPerRequestMax, name } = options;
  check('amplification')
    .only(options, ['of', 'site', 'channel', 'triesPerRequestMax', 'during', 'after', 'name'])
    .given({ of, triesPerRequestMax })
    .text('of', of)
    .text('after', after)
    .number('triesPerRequestMax', triesPerRequestMax, 1)
    .text('name', name)
    .done();
  return {
    family: 'amplification',
    name: name ?? `amplification of ${describeSli(options)}${describeNarrowed(options)}`,
    expected: `≤ ${triesPerRequestMax} tries`,
    needs: { faults: after === undefined ? [] : [after], slis: [of], facts: factsOfSli(of), ...aboutOf(options) },
    evaluate: (run) => evaluate(run, options),
  };
}

function evaluate(run: FoldedRun, options: AmplificationOptions): Finding {
  const spans = spansOf(run, options);
  if (!('length' in spans)) return spans;
  const sum = tally(stretchesOf(run, options), spans);
  const window = hull(spans);
  if (sum.asked < windowOf(options.of, run.steadyState[options.of]).samplesMin)
    return unknown('not exercised', `only ${formatCount(sum.asked)} requests of ${describeSli(options)}`, { window });
  const triesPerRequest = (sum.asked + sum.retries) / sum.asked;
  return finding(standingOf(triesPerRequest <= options.triesPerRequestMax), `${triesPerRequest.toFixed(2)} tries`, {
    because: `${formatCount(sum.asked)} asked, ${formatCount(sum.retries)} retries`,
    window,
    ...(window.toMs >= run.endMs && { open: true }),
    figures: { triesPerRequest, retries: sum.retries },
  });
}
