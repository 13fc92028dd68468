/** How long an SLI was healthy, unhealthy and unknown inside spans: counted over the windows that lie wholly inside. */
import type { Ms } from '../base/clock.ts';
import type { HealthSpan } from '../domain/sli-health.ts';
import { slotMs } from '../domain/sli-window.ts';
import type { Span } from './span.ts';

/** Sums over windows, one slot of 100 ms each. */
export interface HealthTimes {
  readonly healthyMs: Ms;
  readonly unhealthyMs: Ms;
  readonly unknownMs: Ms;
  /** Start of the slot that made the first window unhealthy. */
  readonly firstMs: Ms | undefined;
}

/** Sums the health of the windows of this width that lie wholly inside the spans. */
export function healthIn(health: readonly HealthSpan[], spans: readonly Span[], widthMs: Ms): HealthTimes {
  const sums = { healthy: 0, unhealthy: 0, unknown: 0 };
  let firstMs: Ms | undefined;
  for (const span of spans)
    for (const part of health) {
      const fromMs = Math.max(part.fromMs, span.fromMs + widthMs - slotMs);
      const toMs = Math.min(part.toMs, span.toMs);
      if (toMs <= fromMs) continue;
      sums[part.health] += toMs - fromMs;
      if (part.health === 'unhealthy') firstMs ??= fromMs;
    }
  return { healthyMs: sums.healthy, unhealthyMs: sums.unhealthy, unknownMs: sums.unknown, firstMs };
}
