/** Int-or-percent as Kubernetes resolves it. Apart because each controller rounds its own way and the whole rollout hangs on it. */
import type { IntOrRatio } from '../../../domain/topology.ts';

/** Rounded up, as for surge, DaemonSets and disruption budgets. Percentages are whole numbers, so 7 % of 100 is 7, not 8. */
export function roundUp(value: IntOrRatio, of: number): number {
  return 'count' in value ? value.count : Math.ceil((Math.round(value.ratio * 100) * of) / 100);
}

/** Rounded down, as a Deployment's maxUnavailable. */
export function roundDown(value: IntOrRatio, of: number): number {
  return 'count' in value ? value.count : Math.floor((Math.round(value.ratio * 100) * of) / 100);
}

/** Pods above and below `replicas` that a rolling update of a Deployment may use. When both resolve to 0, unavailable is 1 (kubernetes/kubernetes pkg/controller/deployment/util/deployment_util.go ResolveFenceposts). */
export function resolveFenceposts(
  maxSurge: IntOrRatio,
  maxUnavailable: IntOrRatio,
  replicas: number,
): { readonly surge: number; readonly unavailable: number } {
  const surge = roundUp(maxSurge, replicas);
  const unavailable = roundDown(maxUnavailable, replicas);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, replicas) };
}
