/**
 * A quantile of the time that successful requests took.
 *
 * Nearest rank over merged histograms, of all channels and sites or one, over the whole load, while the story is in given
 * states, or after a fault. Failures have no latency: availability counts them. Fewer than 20 successes are not a measurement.
 */
import { formatCount, formatLatency } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { windowOf } from '../domain/sli-window.ts';
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { describeSli, factsOfSli, type SliName, stretchesOf } from './measured-sli.ts';
import { describeNarrowed, hull, type Narrowed, spansOf, statesOf } from './span.ts';
import { latencies } from './tally.ts';

/** What is asked: `p99MsMax`, or another quantile with `msMax`. */
export type LatencyOptions = SliName &
  Narrowed & { readonly name?: string } & (
    | { readonly p99MsMax: number }
    | {
        /** 0..1, 0.5 for the median. */
        readonly quantile: number;
        readonly msMax: number;
      }
  );

/** `p99 of orders`: figures `latencyMs` (of the quantile asked), `p50Ms`, `p99Ms`. Throws an InputError for impossible arguments. */
export function latency(options: LatencyOptions): Objective {
  const { of, site, channel, after, name } = options;
  const { quantile, msMax } = boundOf(options);
  check('latency')
    .only(options, ['of', 'site', 'channel', 'p99MsMax', 'quantile', 'msMax', 'during', 'after', 'name'])
    .given({ of, msMax })
    .text('of', of)
    .text('site', site)
    .text('channel', channel)
    .text('after', after)
    .texts('during', options.during === undefined ? undefined : statesOf(options))
    .ratio('quantile', quantile)
    .ms('msMax', msMax)
    .text('name', name)
    .done();
  return {
    family: 'latency',
    name: name ?? `p${Math.round(quantile * 10_000) / 100} of ${describeSli(options)}${describeNarrowed(options)}`,
    expected: `≤ ${formatLatency(msMax)}`,
    needs: { faults: after === undefined ? [] : [after], slis: [of], facts: factsOfSli(of), ...aboutOf(options) },
    evaluate: (run) => evaluate(run, options),
  };
}

function boundOf(options: LatencyOptions): { readonly quantile: number; readonly msMax: number } {
  return 'p99MsMax' in options ? { quantile: 0.99, msMax: options.p99MsMax } : options;
}

function evaluate(run: FoldedRun, options: LatencyOptions): Finding {
  const spans = spansOf(run, options);
  if (!('length' in spans)) return spans;
  const { quantile, msMax } = boundOf(options);
  const histogram = latencies(stretchesOf(run, options), spans);
  const window = hull(spans);
  const successes = histogram.count();
  if (successes < windowOf(options.of, run.steadyState[options.of]).samplesMin)
    return unknown('not exercised', `only ${formatCount(successes)} successes of ${describeSli(options)}`, { window });
  const latencyMs = histogram.quantile(quantile);
  return finding(standingOf(latencyMs <= msMax), formatLatency(latencyMs), {
    because: `${formatCount(successes)} successes, median ${formatLatency(histogram.quantile(0.5))}`,
    window,
    ...(window.toMs >= run.endMs && { open: true }),
    figures: { latencyMs, p50Ms: histogram.quantile(0.5), p99Ms: histogram.quantile(0.99) },
  });
}
