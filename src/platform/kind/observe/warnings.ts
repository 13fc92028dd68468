/** The newest warnings of a cluster's events, for the bundle of evidence. They are no facts: events are told late, merged and dropped. */
import type { ClusterState } from './cluster-state.ts';
import type { EventObject } from './objects.ts';

/** Lines that are kept. */
const linesMax = 500;

/** A ring of lines. */
export interface Warnings {
  add(site: string, event: EventObject): void;
  addAll(site: string, state: ClusterState): void;
  /** Oldest first. */
  lines(): readonly string[];
}

/** An empty ring. */
export function createWarnings(): Warnings {
  const seen = new Map<string, string>();
  const add = (site: string, event: EventObject) => {
    const { metadata, reason, message, involvedObject: about } = event;
    const atText = event.lastTimestamp ?? event.eventTime ?? '';
    const key = `${site}/${metadata.namespace}/${metadata.name}`;
    // A repeated event is one line, with its newest time.
    seen.delete(key);
    seen.set(key, `${atText} ${site} ${about?.kind}/${about?.namespace ?? ''}/${about?.name} ${reason}: ${message}`);
    if (seen.size > linesMax) seen.delete(seen.keys().next().value!);
  };
  return {
    add,
    addAll: (site, { warnings }) => {
      for (const event of warnings.values()) add(site, event);
    },
    lines: () => [...seen.values()],
  };
}
