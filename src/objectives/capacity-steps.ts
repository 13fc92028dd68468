/** Capacity and demand of a workload as steps in time, of one site or summed over all. Apart because several families integrate over them. */
import type { Ms } from '../base/clock.ts';
import type { FoldedRun } from '../domain/folded-run.ts';

/** From one reading to the next. */
export interface CapacityStep {
  readonly fromMs: Ms;
  readonly toMs: Ms;
  readonly capacityRps: number;
  readonly demandRps: number;
  readonly n: number;
}

/** The steps inside [fromMs, toMs), oldest first, those without width left out. Before its first reading a site counts nothing. */
export function capacitySteps(
  run: FoldedRun,
  workload: string,
  site: string | undefined,
  span: { readonly fromMs: Ms; readonly toMs: Ms },
): readonly CapacityStep[] {
  const newest = new Map<string, { capacityRps: number; demandRps: number }>();
  const events = run.capacity(workload, site);
  const steps: CapacityStep[] = [];
  events.forEach((event, i) => {
    newest.set(event.site, event);
    const fromMs = Math.max(event.atMs, span.fromMs);
    const toMs = Math.min(events[i + 1]?.atMs ?? span.toMs, span.toMs);
    if (toMs > fromMs) steps.push({ fromMs, toMs, n: event.n, ...summed(newest) });
  });
  return steps;
}

function summed(newest: ReadonlyMap<string, { capacityRps: number; demandRps: number }>) {
  let capacityRps = 0;
  let demandRps = 0;
  for (const reading of newest.values()) {
    capacityRps += reading.capacityRps;
    demandRps += reading.demandRps;
  }
  return { capacityRps, demandRps };
}

/** A time during which demand was above capacity. `toMs` undefined: to the end of what was read. */
export interface Shortage {
  readonly fromMs: Ms;
  readonly toMs: Ms | undefined;
  readonly n: number;
}

/** Shortages, oldest first; one that is interrupted for less than `holdMs` is one. */
export function shortages(steps: readonly CapacityStep[], holdMs: Ms): readonly Shortage[] {
  const found: { fromMs: Ms; toMs: Ms; n: number }[] = [];
  for (const step of steps) {
    if (step.demandRps <= step.capacityRps) continue;
    const last = found.at(-1);
    if (last !== undefined && step.fromMs - last.toMs < holdMs) last.toMs = step.toMs;
    else found.push({ fromMs: step.fromMs, toMs: step.toMs, n: step.n });
  }
  const end = steps.at(-1)?.toMs ?? 0;
  return found.map((shortage) => ({ ...shortage, toMs: end - shortage.toMs < holdMs ? undefined : shortage.toMs }));
}
