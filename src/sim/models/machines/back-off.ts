/** The kubelet's crash back-off of one container. Apart because static pods and workloads wait by the same rule. */
import type { Ms } from '../../../base/clock.ts';
import type { BackOff } from '../../model.ts';

/** ms, 10 s after the second exit, then doubled. kubernetes/kubernetes pkg/kubelet/kubelet.go, KEP-4603. Longer: slower recovery from repeated faults. */
const firstDelayMs = 10_000;
/** ms, 300 s. Same source. Longer: a control plane takes longer to return after a long loss of quorum. */
const delayMsMax = 300_000;
/** ms, 10 min = 2 × the maximum, client-go util/flowcontrol/backoff.go. Longer: later faults find the container still punished. */
const resetAfterMs = 2 * delayMsMax;

/** A back-off that has seen no exit. The first restart is immediate. */
export function createBackOff(): BackOff {
  let delayMs = 0;
  let restartedMs = Number.NEGATIVE_INFINITY;
  return {
    next: (exitMs: Ms) => {
      if (exitMs - restartedMs > resetAfterMs) delayMs = 0;
      const delay = delayMs;
      delayMs = Math.min(delayMsMax, Math.max(firstDelayMs, delayMs * 2));
      restartedMs = exitMs + delay;
      return delay;
    },
  };
}
