/**
 * No order that was deleted or overwritten came back.
 *
 * Counted in the audit after the quiet period. The later appearance of an order with unknown outcome is never a resurrection. One
 * that came back is a definite miss; none found while a database could not be read is unknown.
 */
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { auditObjective } from './clean-audit.ts';
import { openOrders, unionOf, without } from './orders.ts';

/** `no resurrected orders`: figure `resurrectedOrders`. */
export function noResurrectedOrders(options: { readonly name?: string } = {}): Objective {
  check('no-resurrected-orders').only(options, ['name']).done();
  const found = (run: FoldedRun) => without(unionOf(Object.values(run.audit!.resurrected)), openOrders(run));
  return auditObjective('no-resurrected-orders', options.name ?? 'no resurrected orders', 'resurrectedOrders', found);
}
