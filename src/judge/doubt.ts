/** The rules by which a verdict is *unknown* whatever the family: not injected, not landed, not modelled, torn, aborted, load not reached, observer blind. In one place, so that no family can forget one. */
import type { FactName } from '../domain/fact.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { isProber } from '../domain/sli-window.ts';

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

/** Why a finding must not stand as it is; undefined when it may. A definite *missed* stands in any case, any *missed* stands where only less was asked or seen of the end. */
export function doubtAfter(run: FoldedRun, objective: Objective, finding: Finding): string | undefined {
  if (finding.standing === 'unknown' || finding.definite === true) return undefined;
  const blind = blindness(run, objective, finding);
  if (blind !== undefined) return blind;
  if (finding.standing === 'missed') return undefined;
  if (run.ended === undefined) return 'the timeline was torn off';
  if (run.ended.how !== 'complete') return `the run ${run.ended.how === 'aborted' ? 'was aborted' : 'failed'}`;
  return loadDoubt(run, objective, finding);
}

/** A gap inside the judged window of an observer on whose facts the finding rests. */
function blindness(run: FoldedRun, { needs }: Objective, { window }: Finding): string | undefined {
  if (window === undefined) return undefined;
  const facts: readonly FactName[] = needs.facts ?? [];
  const gap = run
    .gaps(window.fromMs, window.toMs)
    .find(({ facts: hidden }) => hidden.includes('*') || facts.some((fact) => hidden.includes(fact)));
  return gap === undefined ? undefined : `${gap.observer} had a gap`;
}

function loadDoubt(run: FoldedRun, { needs }: Objective, { window }: Finding): string | undefined {
  if (window === undefined || !needs.slis.some((sli) => run.services.includes(sli) && !isProber(sli))) return undefined;
  const load = run.loadReached(window.fromMs, window.toMs);
  return load.reached ? undefined : `load not reached: ${load.because}`;
}
