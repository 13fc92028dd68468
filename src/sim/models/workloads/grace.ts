/** The time that a kubelet leaves a container which it stops. Apart so that a pod's life reads as steps. */
import type { Ms } from '../../../base/clock.ts';
import { termMsMin } from './pod-constants.ts';
import type { PodRecord } from './pod-record.ts';

/** How long preStop takes, within the grace period, and when after the order SIGKILL comes: SIGTERM is left a little even when preStop used the grace up. */
export function graceOf(pod: PodRecord): { readonly preStopMs: Ms; readonly killAfterMs: Ms } {
  const { terminationGraceSeconds, preStopSeconds } = pod.of.spec.template;
  const graceMs = terminationGraceSeconds * 1000;
  const preStopMs = Math.min(graceMs, preStopSeconds * 1000);
  return { preStopMs, killAfterMs: Math.max(graceMs, preStopMs + (graceMs > 0 ? termMsMin : 0)) };
}
