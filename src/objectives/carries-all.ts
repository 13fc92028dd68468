/**
 * One site serves everybody, and well.
 *
 * Success ratio of all requests (those that found no site included) over the slots in which at least 99 % of the requests that
 * reached a site reached this one. At least 10 s of such slots, or it was not exercised.
 */
import type { Ms } from '../base/clock.ts';
import { formatCount, formatDuration, formatRatio } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { type SlotSeries, slotSeries } from '../domain/sli-health.ts';
import { holdMsDefault, slotMs } from '../domain/sli-window.ts';
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { factsOfSli } from './measured-sli.ts';
import { describeNarrowed, hull, type Narrowed, type Span, spansOf } from './span.ts';

/** Share of the requests that reached a site which the one must have, 0..1: clients with stale DNS are allowed a hundredth. */
const shareMin = 0.99;

/** What is asked. */
export interface CarriesAllOptions extends Narrowed {
  readonly site: string;
  /** Business service. */
  readonly of: string;
  readonly ratioMin: number;
  /** How long it must have carried all, ms; 10 s by default. */
  readonly forMsMin?: Ms;
  readonly name?: string;
}

/** `west carries all orders`: figures `carriedRatio`, `carriedMs`. Throws an InputError for impossible arguments. */
export function carriesAll(options: CarriesAllOptions): Objective {
  const { site, of, after, ratioMin, forMsMin, name } = options;
  check('carries-all')
    .only(options, ['site', 'of', 'ratioMin', 'forMsMin', 'during', 'after', 'name'])
    .given({ site, of, ratioMin })
    .text('site', site)
    .text('of', of)
    .text('after', after)
    .ratio('ratioMin', ratioMin)
    .ms('forMsMin', forMsMin)
    .text('name', name)
    .done();
  return {
    family: 'carries-all',
    name: name ?? `${site} carries all ${of}${describeNarrowed(options)}`,
    expected: `≥ ${formatRatio(ratioMin)}`,
    needs: { faults: after === undefined ? [] : [after], slis: [of], facts: factsOfSli(of), ...aboutOf(options) },
    evaluate: (run) => evaluate(run, options),
  };
}

function evaluate(run: FoldedRun, options: CarriesAllOptions): Finding {
  const spans = spansOf(run, options);
  if (!('length' in spans)) return spans;
  const window = hull(spans);
  const sums = carried(run, options, spans);
  if (sums.ms < (options.forMsMin ?? holdMsDefault) || sums.ended === 0)
    return unknown('not exercised', `${options.site} carried all for ${formatDuration(sums.ms)} only`, { window });
  const carriedRatio = sums.ok / sums.ended;
  return finding(standingOf(sums.ok >= (options.ratioMin - 1e-9) * sums.ended), formatRatio(carriedRatio), {
    because: `${formatCount(sums.ended)} requests in ${formatDuration(sums.ms)} without the other site`,
    window,
    figures: { carriedRatio, carriedMs: sums.ms },
  });
}

function carried(run: FoldedRun, { site, of }: CarriesAllOptions, spans: readonly Span[]) {
  const stretches = run.traffic(of);
  const all = slotSeries(stretches, undefined);
  const others = slotSeries(
    stretches.filter((stretch) => stretch.site !== site && stretch.site !== '-'),
    undefined,
  );
  const own = slotSeries(
    stretches.filter((stretch) => stretch.site === site),
    undefined,
  );
  const sums = { ok: 0, ended: 0, ms: 0 };
  for (let i = 0; i < all.length; i++) {
    const atMs = all.fromMs + i * slotMs;
    if (!spans.some((span) => atMs >= span.fromMs && atMs < span.toMs)) continue;
    const mine = endedAt(own, atMs);
    if (mine === 0 || mine < shareMin * (mine + endedAt(others, atMs))) continue;
    sums.ok += all.ok[i]!;
    sums.ended += all.ok[i]! + all.bad[i]!;
    sums.ms += slotMs;
  }
  return sums;
}

function endedAt(series: SlotSeries, atMs: Ms): number {
  const i = (atMs - series.fromMs) / slotMs;
  return (series.ok[i] ?? 0) + (series.bad[i] ?? 0);
}
