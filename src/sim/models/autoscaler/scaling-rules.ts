/** Stabilisation windows and scaling policies of one HorizontalPodAutoscaler: from a proposal to the size that is set. Pure, and apart from the metrics because both are intricate alone. */
import type { Ms } from '../../../base/clock.ts';
import type { Autoscaler, ScalingRules } from '../../../domain/autoscaler.ts';

/** What the controller remembers of one autoscaler; lost with its process. */
export interface ScalingHistory {
  /** Proposals before limits, oldest first. */
  readonly recommendations: readonly { readonly atMs: Ms; readonly replicas: number }[];
  /** Changes made, oldest first; replicas > 0 up, < 0 down. */
  readonly events: readonly { readonly atMs: Ms; readonly change: number }[];
}

/** The memory of a controller that has just started and found `replicas`. */
export function startHistory(nowMs: Ms, replicas: number): ScalingHistory {
  return { recommendations: [{ atMs: nowMs, replicas }], events: [] };
}

/** The proposal held back by the windows: growth to the least proposal of the up window, shrinking to the greatest of the down window, nothing in between. */
export function stabilise(
  spec: Autoscaler,
  history: ScalingHistory,
  nowMs: Ms,
  replicas: number,
  proposal: number,
): number {
  let up = proposal;
  let down = proposal;
  for (const past of history.recommendations) {
    if (past.atMs > nowMs - spec.scaleUp.stabilizationMs) up = Math.min(up, past.replicas);
    if (past.atMs > nowMs - spec.scaleDown.stabilizationMs) down = Math.max(down, past.replicas);
  }
  return Math.min(Math.max(replicas, up), down);
}

/** How far the size may move at once, and the bound that stops it. `wanted` comes from {@link stabilise}. */
export function limit(
  spec: Autoscaler,
  history: ScalingHistory,
  nowMs: Ms,
  replicas: number,
  wanted: number,
): { readonly replicas: number; readonly overMax: boolean } {
  if (wanted > replicas) {
    const most = Math.max(replicas, scaleUpLimit(spec.scaleUp, history, nowMs, replicas));
    return { replicas: Math.min(wanted, most, spec.replicasMax), overMax: wanted > spec.replicasMax };
  }
  if (wanted < replicas) {
    const least = Math.min(replicas, scaleDownLimit(spec.scaleDown, history, nowMs, replicas));
    return { replicas: Math.max(wanted, least, spec.replicasMin), overMax: false };
  }
  return { replicas, overMax: false };
}

/** The highest size that the up policies allow now. */
export function scaleUpLimit(rules: ScalingRules, history: ScalingHistory, nowMs: Ms, replicas: number): number {
  if (rules.select === 'Disabled') return replicas;
  const proposals = rules.policies.map((policy) => {
    const start = sizeAtPeriodStart(history, nowMs - policy.periodMs, replicas);
    return policy.kind === 'Pods' ? start + policy.value : Math.ceil((start * (100 + policy.value)) / 100);
  });
  if (proposals.length === 0) return Number.POSITIVE_INFINITY;
  return rules.select === 'Min' ? Math.min(...proposals) : Math.max(...proposals);
}

/** The lowest size that the down policies allow now. */
export function scaleDownLimit(rules: ScalingRules, history: ScalingHistory, nowMs: Ms, replicas: number): number {
  if (rules.select === 'Disabled') return replicas;
  const proposals = rules.policies.map((policy) => {
    const start = sizeAtPeriodStart(history, nowMs - policy.periodMs, replicas);
    return policy.kind === 'Pods' ? start - policy.value : Math.trunc((start * (100 - policy.value)) / 100);
  });
  if (proposals.length === 0) return 0;
  return rules.select === 'Min' ? Math.max(...proposals) : Math.min(...proposals);
}

/** The size without the changes made since `sinceMs`. */
function sizeAtPeriodStart(history: ScalingHistory, sinceMs: Ms, replicas: number): number {
  let start = replicas;
  for (const event of history.events) if (event.atMs > sinceMs) start -= event.change;
  return start;
}

/** The history with one more proposal and, if the size changed, one more event; what no window or period can see any more is dropped. */
export function remember(
  spec: Autoscaler,
  history: ScalingHistory,
  nowMs: Ms,
  proposal: number,
  change: number,
): ScalingHistory {
  const windowMs = Math.max(spec.scaleUp.stabilizationMs, spec.scaleDown.stabilizationMs);
  const periods = [...spec.scaleUp.policies, ...spec.scaleDown.policies].map((policy) => policy.periodMs);
  const periodMs = Math.max(0, ...periods);
  const events = history.events.filter((event) => event.atMs > nowMs - periodMs);
  return {
    recommendations: [
      ...history.recommendations.filter((past) => past.atMs > nowMs - windowMs),
      { atMs: nowMs, replicas: proposal },
    ],
    events: change === 0 ? events : [...events, { atMs: nowMs, change }],
  };
}
