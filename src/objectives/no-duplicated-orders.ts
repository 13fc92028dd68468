/**
 * No database holds an order more than once.
 *
 * Counted in the audit after the quiet period. A duplicate is a definite miss; none found while a database could not be read is
 * unknown.
 */
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { auditObjective } from './clean-audit.ts';
import { unionOf } from './orders.ts';

/** `no duplicated orders`: figure `duplicatedOrders`. */
export function noDuplicatedOrders(options: { readonly name?: string } = {}): Objective {
  check('no-duplicated-orders').only(options, ['name']).done();
  const found = (run: FoldedRun) => unionOf(Object.values(run.audit!.duplicated));
  return auditObjective('no-duplicated-orders', options.name ?? 'no duplicated orders', 'duplicatedOrders', found);
}
