/**
 * The share of requests that succeeded.
 *
 * Succeeded ÷ (succeeded + failed + indeterminate), over all sites, of all channels or one, over the whole load (from the start
 * of the profile to its end), while the story is in given states, or after a fault. Requests that still wait do not count.
 * Fewer than 20 requests are not a measurement.
 */
import { formatCount, formatRatio } from '../base/format.ts';
import type { FailureReason } from '../domain/event.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { windowOf } from '../domain/sli-window.ts';
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { describeSli, factsOfSli, type SliName, stretchesOf } from './measured-sli.ts';
import { describeNarrowed, hull, type Narrowed, spansOf, statesOf } from './span.ts';
import { type Tally, tally } from './tally.ts';

/** What is asked. */
export interface AvailabilityOptions extends SliName, Narrowed {
  /** 0..1. */
  readonly ratioMin: number;
  /** What is left out of the count: whole channels, or failures for these reasons (`limited`: over a limit on purpose). */
  readonly excluding?: { readonly channels?: readonly string[]; readonly reasons?: readonly FailureReason[] };
  readonly name?: string;
}

/** `availability of orders`: figures `availabilityRatio`, `failedRequests`, `indeterminateRequests`. Throws an InputError for impossible arguments. */
export function availability(options: AvailabilityOptions): Objective {
  const { of, site, channel, after, ratioMin, name } = options;
  check('availability')
    .only(options, ['of', 'site', 'channel', 'ratioMin', 'during', 'after', 'excluding', 'name'])
    .given({ of, ratioMin })
    .text('of', of)
    .text('site', site)
    .text('channel', channel)
    .text('after', after)
    .texts('during', options.during === undefined ? undefined : statesOf(options))
    .ratio('ratioMin', ratioMin)
    .text('name', name)
    .done();
  return {
    family: 'availability',
    name: name ?? `availability of ${describeSli(options)}${describeNarrowed(options)}`,
    expected: `≥ ${formatRatio(ratioMin)}`,
    needs: { faults: after === undefined ? [] : [after], slis: [of], facts: factsOfSli(of), ...aboutOf(options) },
    evaluate: (run) => evaluate(run, options),
  };
}

function evaluate(run: FoldedRun, options: AvailabilityOptions): Finding {
  const spans = spansOf(run, options);
  if (!('length' in spans)) return spans;
  const without = options.excluding?.channels ?? [];
  const stretches = stretchesOf(run, options).filter((stretch) => !without.includes(stretch.channel));
  const sum = tally(stretches, spans, options.excluding?.reasons);
  const ended = sum.ok + sum.failed + sum.indeterminate;
  const window = hull(spans);
  if (ended < windowOf(options.of, run.steadyState[options.of]).samplesMin)
    return unknown('not exercised', `only ${formatCount(ended)} requests of ${describeSli(options)}`, { window });
  const availabilityRatio = sum.ok / ended;
  return finding(standingOf(sum.ok >= options.ratioMin * ended - 1e-9 * ended), formatRatio(availabilityRatio), {
    because: told(sum),
    window,
    ...(window.toMs >= run.endMs && { open: true }),
    figures: { availabilityRatio, failedRequests: sum.failed, indeterminateRequests: sum.indeterminate },
    evidence: sum.failures,
  });
}

function told(sum: Tally): string {
  const open = sum.indeterminate === 0 ? '' : `, ${formatCount(sum.indeterminate)} with unknown outcome`;
  return `${formatCount(sum.asked)} asked, ${formatCount(sum.failed)} failed${open}`;
}
