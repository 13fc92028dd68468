/** Which faults are not undone yet. Apart because the second interrupt and `heal` must name the same. */
import type { RunEvent } from '../domain/event.ts';

/** Follows the events of one run. */
export interface BrokenFold {
  take(event: RunEvent): void;
  /** Names of faults that were injected and not proven whole since, in order of injection. */
  names(): readonly string[];
}

/** An empty {@link BrokenFold}. */
export function createBrokenFold(): BrokenFold {
  const broken = new Set<string>();
  return {
    take: (event) => {
      if (event.type === 'fault.injected' && !event.skipped) broken.add(event.fault);
      if (event.type === 'fault.healed') broken.delete(event.fault);
    },
    names: () => [...broken],
  };
}
