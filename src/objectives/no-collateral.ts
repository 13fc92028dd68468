/**
 * What was not hit stays healthy.
 *
 * From the landing to the next damage or the end of the load, every spared SLI (a service in a site, a channel, all channels but
 * some) has only healthy windows, up to `unhealthyMsMax` in sum each (0 by default), and every spared workload has all its
 * replicas. A spared part without enough requests is unknown.
 */
import type { Ms } from '../base/clock.ts';
import { formatClock, formatDuration } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { windowOf } from '../domain/sli-window.ts';
import { check } from './check.ts';
import { finding, unknown, words } from './finding.ts';
import { healthIn } from './health-in.ts';
import { describeSli, factsOfSli, healthOf, type SliName } from './measured-sli.ts';
import { heldSpans, subjectsOf } from './observed.ts';
import { hull, type Span, spansOf } from './span.ts';

/** Something that was not to be hit. */
export type Spared =
  | SliName
  /** Every channel of the service that the run has, but these. */
  | { readonly of: string; readonly channelsBut: readonly string[] }
  /** Absent site: in every site that is observed. */
  | { readonly workload: string; readonly site?: string };

/** What is asked. */
export interface NoCollateralOptions {
  /** Absent: over the whole load. */
  readonly after?: string;
  readonly spares: readonly Spared[];
  /** How long each may be unhealthy or short of replicas in sum, ms. */
  readonly unhealthyMsMax?: Ms;
  readonly name?: string;
}

/** `no collateral`: figures `collateralMs` (the worst part). Throws an InputError for impossible arguments. */
export function noCollateral(options: NoCollateralOptions): Objective {
  const { after, spares, unhealthyMsMax, name } = options;
  check('no-collateral').only(options, ['after', 'spares', 'unhealthyMsMax', 'name']).given({ spares }).done();
  const names = spares.flatMap((spared) => ('workload' in spared ? [spared.workload] : [spared.of]));
  check('no-collateral')
    .text('after', after)
    .texts('spares', names)
    .ms('unhealthyMsMax', unhealthyMsMax)
    .text('name', name)
    .done();
  const slis = spares.map((spared) => ('workload' in spared ? 'workloads' : spared.of));
  return {
    family: 'no-collateral',
    name: name ?? 'no collateral',
    expected: `≤ ${formatDuration(unhealthyMsMax ?? 0)} unhealthy`,
    needs: {
      faults: after === undefined ? [] : [after],
      slis: [...new Set(slis)],
      ...observersOf(spares),
    },
    evaluate: (run) => evaluate(run, options),
  };
}

/** Whose gaps matter: those of the probers of what is measured, and informers only where a workload is spared, in its site. */
function observersOf(spares: readonly Spared[]): Pick<Objective['needs'], 'facts' | 'sites'> {
  const workloads = spares.filter((spared) => 'workload' in spared);
  const slis = spares.flatMap((spared) => ('of' in spared ? factsOfSli(spared.of) : []));
  const facts = [...new Set([...slis, ...(workloads.length > 0 ? (['workload.degraded'] as const) : [])])];
  const sites = spares.flatMap((spared) => ('site' in spared && spared.site !== undefined ? [spared.site] : []));
  return sites.length < spares.length ? { facts } : { facts, sites: [...new Set(sites)] };
}

/** How one spared part fared. */
interface Part {
  readonly says: string;
  readonly badMs: Ms;
  readonly firstMs?: Ms | undefined;
  readonly doubt?: string;
  readonly evidence: readonly number[];
}

function evaluate(run: FoldedRun, options: NoCollateralOptions): Finding {
  const spans = spansOf(run, options.after === undefined ? {} : { after: options.after });
  if (!('length' in spans)) return spans;
  const parts = options.spares.flatMap((spared) => partsOf(run, spared, spans));
  const worst = parts.reduce<Part | undefined>((a, b) => (a === undefined || b.badMs > a.badMs ? b : a), undefined);
  const window = hull(spans);
  if (worst === undefined) return unknown('not exercised', 'none of what was to be spared was there', { window });
  const figures = { collateralMs: worst.badMs };
  if (worst.badMs > (options.unhealthyMsMax ?? 0)) {
    const hit = parts.filter(({ badMs }) => badMs > (options.unhealthyMsMax ?? 0));
    const because = words(...hit.map(({ says, firstMs }) => `${says} from ${formatClock(firstMs ?? window.fromMs)}`));
    const evidence = hit.flatMap((part) => part.evidence);
    return finding('missed', `${formatDuration(worst.badMs)} unhealthy`, { because, window, figures, evidence });
  }
  const doubt = parts.find((part) => part.doubt !== undefined)?.doubt;
  if (doubt !== undefined) return unknown('not exercised', doubt, { window, figures });
  const because = parts.map(({ says }) => says).join(', ');
  return finding('met', worst.badMs === 0 ? 'none' : `${formatDuration(worst.badMs)} unhealthy`, {
    because,
    window,
    figures,
  });
}

function partsOf(run: FoldedRun, spared: Spared, spans: readonly Span[]): readonly Part[] {
  if ('workload' in spared) return workloadParts(run, spared, spans);
  if (!('channelsBut' in spared)) return [sliPart(run, spared, spans)];
  const channels = run.channelsOf(spared.of).filter((channel) => !spared.channelsBut.includes(channel));
  return channels.map((channel) => sliPart(run, { of: spared.of, channel }, spans));
}

function sliPart(run: FoldedRun, sli: SliName, spans: readonly Span[]): Part {
  const says = describeSli(sli);
  const found = healthIn(healthOf(run, sli) ?? [], spans, windowOf(sli.of, run.steadyState[sli.of]).widthMs);
  const part = { says, badMs: found.unhealthyMs, firstMs: found.firstMs, evidence: [] };
  return found.healthyMs === 0 || found.unknownMs > 0 ? { ...part, doubt: `${says} had too few requests` } : part;
}

function workloadParts(
  run: FoldedRun,
  spared: { readonly workload: string; readonly site?: string },
  spans: readonly Span[],
): readonly Part[] {
  return subjectsOf(run, 'workload.degraded', { ...spared }).map((subject) => {
    const short = spans.flatMap((span) => heldSpans(run, { fact: 'workload.degraded', subject }, span));
    const badMs = short.reduce((sum, span) => sum + span.toMs - span.fromMs, 0);
    const says = `replicas of ${subject.workload} in ${subject.site}`;
    return { says, badMs, firstMs: short[0]?.fromMs, evidence: short.map(({ n }) => n) };
  });
}
