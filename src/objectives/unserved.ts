/**
 * The area between demand and ready capacity, as a share of all demand.
 *
 * ∫ max(0, demand − capacity) ÷ ∫ demand, over the whole load, while the story is in given states, or after a fault; of one site
 * or all summed. It weighs how deep and how long a shortage was, whatever queues and retries made of it.
 */
import { formatCount, formatRatio } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { aboutOf } from './about.ts';
import { type CapacityStep, capacitySteps } from './capacity-steps.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { describeNarrowed, hull, type Narrowed, spansOf } from './span.ts';
import { evidenceMax } from './tally.ts';

/** What is asked. */
export interface UnservedOptions extends Narrowed {
  /** Name of the workload. */
  readonly of: string;
  /** Absent: all sites summed, so spare capacity in one covers the other. */
  readonly site?: string;
  readonly ratioMax: number;
  readonly name?: string;
}

/** `unserved demand of orders`: figures `unservedShare`, `unservedRequests`. Throws an InputError for impossible arguments. */
export function unserved(options: UnservedOptions): Objective {
  const { of, site, after, ratioMax, name } = options;
  check('unserved')
    .only(options, ['of', 'site', 'ratioMax', 'during', 'after', 'name'])
    .given({ of, ratioMax })
    .text('of', of)
    .text('site', site)
    .text('after', after)
    .ratio('ratioMax', ratioMax)
    .done();
  return {
    family: 'unserved',
    name: name ?? `unserved demand of ${of}${site === undefined ? '' : ` in ${site}`}${describeNarrowed(options)}`,
    expected: `≤ ${formatRatio(ratioMax)}`,
    needs: {
      faults: after === undefined ? [] : [after],
      slis: ['autoscaling', 'workloads'],
      facts: ['workload.ready'],
      ...aboutOf(options),
    },
    evaluate: (run) => evaluate(run, options),
  };
}

function evaluate(run: FoldedRun, options: UnservedOptions): Finding {
  const spans = spansOf(run, options);
  if (!('length' in spans)) return spans;
  const window = hull(spans);
  const steps = spans.flatMap((span) => capacitySteps(run, options.of, options.site, span));
  const demand = area(steps, ({ demandRps }) => demandRps);
  if (demand === 0) return unknown('not exercised', `nothing was asked of ${options.of}`, { window });
  const unservedRequests = area(steps, missing);
  const unservedShare = unservedRequests / demand;
  return finding(standingOf(unservedShare <= options.ratioMax), formatRatio(unservedShare), {
    because: `${formatCount(unservedRequests)} of ${formatCount(demand)} requests above capacity`,
    window,
    figures: { unservedShare, unservedRequests },
    evidence: steps
      .filter((step) => missing(step) > 0)
      .slice(0, evidenceMax)
      .map(({ n }) => n),
  });
}

function missing({ demandRps, capacityRps }: CapacityStep): number {
  return Math.max(0, demandRps - capacityRps);
}

/** Requests: rate × seconds. */
function area(steps: readonly CapacityStep[], rateRps: (step: CapacityStep) => number): number {
  return steps.reduce((sum, step) => sum + (rateRps(step) * (step.toMs - step.fromMs)) / 1_000, 0);
}
