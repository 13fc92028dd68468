/** One pass of the HorizontalPodAutoscaler's algorithm as a pure function. Apart from the model so that it can be held against worked examples. */
import type { Ms } from '../../../base/clock.ts';
import type { Autoscaler } from '../../../domain/autoscaler.ts';
import { proposeReplicas, type Reading, type ScaledPod } from './metric-proposal.ts';
import { limit, remember, type ScalingHistory, stabilise } from './scaling-rules.ts';

/** What one pass knows. */
export interface PassInput {
  readonly nowMs: Ms;
  readonly spec: Autoscaler;
  /** Size as set on the workload. */
  readonly replicas: number;
  readonly pods: readonly ScaledPod[];
  readonly requestCores: number;
  /** One per metric of the spec. */
  readonly readings: readonly Reading[];
  readonly history: ScalingHistory;
}

/** What one pass decides. */
export interface PassResult {
  /** The size to set; equal to the size as set: nothing to do. */
  readonly replicas: number;
  /** Wants more than the maximum. */
  readonly limited: boolean;
  /** Every metric was invalid, or one was while the others wanted to shrink. */
  readonly failed: boolean;
  readonly history: ScalingHistory;
}

/**
 * Bounds first: 0 replicas is switched off (unless the minimum is 0), outside the bounds goes to the bound at once. Else the greatest proposal of the valid metrics
 * (with an invalid one only growth is believed), stabilised, then held by policies and bounds.
 */
export function decideReplicas(input: PassInput): PassResult {
  const { spec, replicas, history, nowMs } = input;
  if (replicas === 0 && spec.replicasMin !== 0) return { replicas: 0, limited: false, failed: false, history };
  if (replicas > spec.replicasMax) return atBound(input, spec.replicasMax);
  if (replicas < spec.replicasMin) return atBound(input, spec.replicasMin);
  const proposal = greatestProposal(input);
  if (proposal === undefined) return { replicas, limited: false, failed: true, history };
  const wanted = stabilise(spec, history, nowMs, replicas, proposal);
  const held = limit(spec, history, nowMs, replicas, wanted);
  return {
    replicas: held.replicas,
    limited: held.overMax,
    failed: false,
    history: remember(spec, history, nowMs, proposal, held.replicas - replicas),
  };
}

function atBound(input: PassInput, bound: number): PassResult {
  const { spec, replicas, history, nowMs } = input;
  const kept = remember(spec, history, nowMs, bound, bound - replicas);
  const recommendations = history.recommendations;
  return { replicas: bound, limited: false, failed: false, history: { recommendations, events: kept.events } };
}

function greatestProposal(input: PassInput): number | undefined {
  const proposals = input.readings.map((reading) =>
    proposeReplicas(reading, {
      nowMs: input.nowMs,
      replicas: input.replicas,
      pods: input.pods,
      requestCores: input.requestCores,
      toleranceUpRatio: input.spec.scaleUp.toleranceRatio,
      toleranceDownRatio: input.spec.scaleDown.toleranceRatio,
    }),
  );
  const valid = proposals.filter((proposal) => proposal !== undefined);
  if (valid.length === 0) return undefined;
  const greatest = Math.max(...valid);
  return valid.length < proposals.length && greatest < input.replicas ? undefined : greatest;
}
