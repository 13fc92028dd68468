/** The client-side limit of a controller's API writes: a token bucket that books times ahead instead of waking up. */
import type { Ms } from '../../../base/clock.ts';
import type { Kernel } from '../../kernel.ts';

/** Books API writes. */
export interface WritePace {
  /** When the next write may go out (now or later); books it. */
  reserve(): Ms;
}

/** Writes per second of one controller's client; default of kube-controller-manager, each controller its own limiter (kubernetes/kubernetes pkg/controller/apis/config/v1alpha1/defaults.go, read at 1.20). Too high makes mass creations too fast. */
export const controllerWrites = { perSecond: 20, burst: 30 } as const;

/** Binds per second of the scheduler's client (pkg/scheduler/apis/config, read at 1.20). Too high makes mass scheduling too fast. */
export const schedulerWrites = { perSecond: 50, burst: 100 } as const;

/** A full bucket. */
export function createWritePace(
  kernel: Kernel,
  { perSecond, burst }: { readonly perSecond: number; readonly burst: number },
): WritePace {
  const intervalMs = 1000 / perSecond;
  let fullAtMs = 0;
  return {
    reserve: () => {
      const now = kernel.now();
      const full = Math.max(fullAtMs, now);
      fullAtMs = full + intervalMs;
      return Math.ceil(Math.max(now, full - (burst - 1) * intervalMs));
    },
  };
}
