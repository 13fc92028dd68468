/** The audit: what every database holds, by key. Apart because it only reads. */
import type { Audit } from '../../../domain/event.ts';
import type { Carrier } from './convergence.ts';
import type { Database } from './database.ts';
import { isEmpty } from './site-orders.ts';

/** Reads every database that answers; the others are named with what a reader meets. */
export function auditOf(databases: readonly Database[], flows: readonly Pick<Carrier, 'stream'>[]): Audit {
  const readable = databases.filter((database) => database.loss === undefined);
  const by = (set: 'held' | 'duplicated' | 'resurrected') =>
    Object.fromEntries(
      readable
        .map((database) => [database.key, database[set].snapshot()] as const)
        .filter(([, orders]) => set === 'held' || !isEmpty(orders)),
    );
  const unreadable = databases.flatMap((database) =>
    database.loss === undefined
      ? []
      : [[database.key, database.loss === 'closed' ? 'connection refused' : 'no answer'] as const],
  );
  return {
    type: 'audit',
    held: by('held'),
    duplicated: by('duplicated'),
    resurrected: by('resurrected'),
    conflicts: flows.reduce((sum, flow) => sum + (flow.stream?.conflicts() ?? 0), 0),
    unreadable: Object.fromEntries(unreadable),
  };
}
