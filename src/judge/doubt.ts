/** The rules by which a verdict is *unknown* whatever the family: not injected, not landed, not modelled, torn, aborted, load not reached, observer blind. In one place, so that no family can forget one. */
import { formatClock } from '../base/format.ts';
import type { RunEventOf } from '../domain/event.ts';
import { type FactName, facts } from '../domain/fact.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { isProber } from '../domain/sli-window.ts';
import { sitesOf } from '../objectives/passes.ts';

/** What stands in the way of judging at all. */
export interface Doubt {
  readonly received: string;
  readonly because: string;
}

/** A doubt that no finding could lift: a fault that the objective is about did not land, or an input that could change it is not modelled. */
export function doubtBefore(run: FoldedRun, { needs }: Objective): Doubt | undefined {
  for (const fault of needs.faults) {
    const doubt = faultDoubt(run, fault);
    if (doubt !== undefined) return doubt;
  }
  const field = run.started.notModelled.find(({ couldChange }) =>
    couldChange.some((thing) => touches(thing, needs.slis)),
  );
  return field === undefined
    ? undefined
    : { received: 'not modelled', because: `${field.field} is not modelled and could change it` };
}

function faultDoubt(run: FoldedRun, fault: string): Doubt | undefined {
  const passes = run.passes(fault);
  if (passes.length === 0 || passes.some((pass) => pass.skipped)) {
    const why = run.faultsInjected ? 'the story did not get there' : 'faults were switched off';
    return { received: 'not injected', because: `${fault} was not injected: ${why}` };
  }
  const unlanded = passes.find((pass) => pass.landed === undefined);
  if (unlanded === undefined) return undefined;
  const why = unlanded.failedBecause === undefined ? '' : `: ${unlanded.failedBecause}`;
  return { received: 'did not land', because: `${fault} did not land${why}` };
}

/** Whether a field that could change `thing` concerns an objective with these needs. What pods do depends on whatever could change a business service. */
function touches(thing: string, slis: readonly string[]): boolean {
  if (thing === '*') return true;
  return slis.includes(thing) || (slis.includes('workloads') && !isProber(thing) && thing !== 'data');
}

/** Why a finding must not stand as it is; undefined when it may. A definite *missed* stands in any case; any *missed* stands where only less was asked or seen of the end, unless it is open (the rest of a torn run could have turned it) or the operator's part of the story was not played. */
export function doubtAfter(run: FoldedRun, objective: Objective, finding: Finding): string | undefined {
  if (finding.standing === 'unknown' || finding.definite === true) return undefined;
  const blind = blindness(run, objective, finding);
  if (blind !== undefined) return blind;
  if (run.ended === undefined && (finding.standing === 'met' || finding.open === true))
    return 'the timeline was torn off';
  if (finding.standing === 'missed') return unplayed(run, finding);
  const how = run.ended?.how ?? 'complete';
  if (how !== 'complete') return `the run ${how === 'aborted' ? 'was aborted' : 'failed'}`;
  return loadDoubt(run, objective, finding);
}

/** An operation that did not land before the judged window ended: what was missed then is no word on the platform, which waited for its operator. Damage that did not land excuses nothing. */
function unplayed(run: FoldedRun, { window }: Finding): string | undefined {
  const idle = run.faults.find(
    ({ purpose, failedBecause, injectedMs }) =>
      purpose === 'operation' && failedBecause !== undefined && injectedMs < (window?.toMs ?? run.endMs),
  );
  return idle === undefined ? undefined : `${idle.fault} did not land, and with it the story was not played as written`;
}

/** A gap inside the judged window of an observer on whose facts the finding rests. */
function blindness(run: FoldedRun, objective: Objective, finding: Finding): string | undefined {
  const where = finding.gapsMatter ?? finding.window;
  if (where === undefined) return undefined;
  const gap = run.gaps(where.fromMs, where.toMs).find((candidate) => hides(run, objective, candidate));
  if (gap === undefined) return undefined;
  const site = gap.site === undefined ? '' : ` in ${gap.site}`;
  return `${gap.observer}${site} had a gap from ${formatClock(gap.fromMs)} to ${formatClock(gap.toMs)}`;
}

/** Whether a gap could hide a fact that the objective rests on: the fact itself is among the hidden, and so is a site that matters. */
function hides(run: FoldedRun, { needs }: Objective, gap: RunEventOf<'gap'>): boolean {
  const hidden: readonly string[] = gap.facts;
  const resting = needs.facts ?? [];
  if (resting.length === 0) return hidden.includes('*');
  return resting.some(
    (fact) => (hidden.includes('*') || hidden.includes(fact)) && concerns(run, needs, fact, gap.site),
  );
}

function concerns(run: FoldedRun, needs: Objective['needs'], fact: FactName, site: string | undefined): boolean {
  const parts: readonly string[] = facts[fact].subject;
  if (site === undefined || !parts.includes('site')) return true;
  const aimed = needs.faults.flatMap((fault) => run.passes(fault).flatMap(sitesOf));
  const sites = needs.sites ?? aimed;
  return sites.length === 0 || sites.includes(site);
}

function loadDoubt(run: FoldedRun, { needs }: Objective, { window }: Finding): string | undefined {
  if (window === undefined || !needs.slis.some((sli) => run.services.includes(sli) && !isProber(sli))) return undefined;
  const load = run.loadReached(window.fromMs, window.toMs);
  return load.reached ? undefined : `load not reached: ${load.because}`;
}
