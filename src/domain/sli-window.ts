/** The sliding window in which an SLI counts as healthy: the one piece of arithmetic that the live fold and the judgement share. */
import type { Ms } from '../base/clock.ts';
import type { SteadyState } from './topology.ts';

/** Width of a slot, ms: the step by which windows slide and the finest stretch of traffic. Coarser would blur recovery times. */
export const slotMs = 100;

/** How long an SLI must stay healthy to count as steady, ms (the hold time). Shorter would take a pause between two failures for recovery. */
export const holdMsDefault: Ms = 10_000;

/** `unknown`: too few samples; never healthy. */
export type Health = 'healthy' | 'unhealthy' | 'unknown';

/** How wide a window is, and how many samples it must hold to say anything. */
export interface WindowShape {
  readonly widthMs: Ms;
  readonly samplesMin: number;
}

/** Business services: 1 s, 20 samples. Fewer samples and one failure alone would decide. */
const serviceWindow: WindowShape = { widthMs: 1_000, samplesMin: 20 };

/** Probers ask 10 times a second and site, so 20 samples take 2 s, and a third second keeps a stretch that was cut between two tries from making them too few. The wider window finds a failure as soon, and is left as soon, because recovery is counted to the start of the first healthy window. */
const proberWindow: WindowShape = { widthMs: 3_000, samplesMin: 20 };

/** Whether a service is a prober (`api.write`, `api.read`) and not a business service. */
export function isProber(service: string): boolean {
  return service.startsWith('api.');
}

/** The window of a service: 1 s with 20 samples, or as wide as its steady state says; probers 3 s with 20 samples. */
export function windowOf(service: string, limits: SteadyState | undefined): WindowShape {
  if (isProber(service)) return proberWindow;
  return limits?.windowMs === undefined ? serviceWindow : { ...serviceWindow, widthMs: limits.windowMs };
}

/** Widest window, ms. Wider ones would smear a failure over more than the hold time. */
const widthMsMax = 10_000;

/** The window that a service needs whose slowest load is `rateRps` (> 0) over all sites: the narrowest of whole seconds that holds twice the samples that it must, so that one site's half still says something. */
export function windowMsFor(rateRps: number): Ms {
  const seconds = Math.ceil((2 * serviceWindow.samplesMin) / rateRps);
  return Math.min(widthMsMax, Math.max(serviceWindow.widthMs, seconds * 1_000));
}

/** A window that slides by one slot per push. */
export interface HealthWindow {
  /** Takes the next slot: requests that ended in it, succeeded in all, failed or indeterminate, and succeeded but slower than the p99 allowed (fractional where a wide stretch was spread). Gives the health of the window that ends with it. */
  push(ok: number, bad: number, slow: number): Health;
}

/** An empty window: slots before the first count as without requests. */
export function createHealthWindow(limits: SteadyState, shape: WindowShape): HealthWindow {
  const slots = shape.widthMs / slotMs;
  const ring = new Float64Array(slots * 3);
  let at = 0;
  let alike = 0;
  let health: Health = 'unknown';
  let before = [Number.NaN, 0, 0];
  return {
    push: (ok, bad, slow) => {
      // In a wide stretch every slot is like the one before: a window full of them need not be summed again.
      if (ok === before[0] && bad === before[1] && slow === before[2]) {
        if (++alike > slots) return health;
      } else {
        alike = 1;
        before = [ok, bad, slow];
      }
      ring[at] = ok;
      ring[at + 1] = bad;
      ring[at + 2] = slow;
      at = (at + 3) % ring.length;
      health = healthOf(ring, limits, shape.samplesMin);
      return health;
    },
  };
}

/** Sums anew instead of adding and taking away: fractional shares would drift. */
function healthOf(ring: Float64Array, limits: SteadyState, samplesMin: number): Health {
  let ok = 0;
  let bad = 0;
  let slow = 0;
  for (let i = 0; i < ring.length; i += 3) {
    ok += ring[i]!;
    bad += ring[i + 1]!;
    slow += ring[i + 2]!;
  }
  const all = ok + bad;
  const rounding = 1e-9 * all;
  if (all < samplesMin - rounding) return 'unknown';
  if (ok < limits.successRatioMin * all - rounding) return 'unhealthy';
  return limits.p99MsMax !== undefined && slow > 0.01 * ok + rounding ? 'unhealthy' : 'healthy';
}
