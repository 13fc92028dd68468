/**
 * **no duplicated orders**, **no resurrected orders**, **no conflicts**: nothing that the audit may not find.
 *
 * Duplicated: a database holds an order more than once. Resurrected: an order that was deleted or overwritten came back; one with
 * unknown outcome is never resurrected. Conflicts: keys whose value differs between the sites though both hold them. What was
 * found is a definite miss; nothing found while a database could not be read is unknown.
 */
import { formatCount } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { finding, unknown } from './finding.ts';
import {
  acknowledgedWords,
  auditDoubt,
  countOrders,
  nameOrders,
  type OrderSets,
  ordersOf,
  unionOf,
  unreadable,
  without,
} from './orders.ts';

/** `no duplicated orders`: figure `duplicatedOrders`. */
export function noDuplicatedOrders(options: { readonly name?: string } = {}): Objective {
  const found = (run: FoldedRun) => unionOf(Object.values(run.audit!.duplicated));
  return auditObjective('no-duplicated-orders', options.name ?? 'no duplicated orders', 'duplicatedOrders', found);
}

/** `no resurrected orders`: figure `resurrectedOrders`. */
export function noResurrectedOrders(options: { readonly name?: string } = {}): Objective {
  const found = (run: FoldedRun) =>
    without(unionOf(Object.values(run.audit!.resurrected)), ordersOf(run, 'indeterminate'));
  return auditObjective('no-resurrected-orders', options.name ?? 'no resurrected orders', 'resurrectedOrders', found);
}

/** `no conflicts`: figure `conflicts`. `conflictsMax`: 0 by default. Throws an InputError for impossible arguments. */
export function noConflicts(options: { readonly conflictsMax?: number; readonly name?: string } = {}): Objective {
  const most = options.conflictsMax ?? 0;
  check('no-conflicts').number('conflictsMax', most).done();
  return {
    family: 'no-conflicts',
    name: options.name ?? 'no conflicts',
    expected: most === 0 ? '0' : `≤ ${formatCount(most)}`,
    needs: { faults: [], slis: ['data'] },
    evaluate: (run) => {
      const conflicts = run.audit?.conflicts ?? 0;
      return verdict(run, conflicts, conflicts > most, 'conflicts', 'keys that differ between the sites');
    },
  };
}

function auditObjective(family: string, name: string, figure: string, found: (run: FoldedRun) => OrderSets): Objective {
  return {
    family,
    name,
    expected: '0',
    needs: { faults: [], slis: ['data'] },
    evaluate: (run) => {
      if (run.audit === undefined) return verdict(run, 0, false, figure, '');
      const orders = found(run);
      const count = countOrders(orders);
      return verdict(run, count, count > 0, figure, nameOrders(orders));
    },
  };
}

function verdict(run: FoldedRun, count: number, tooMany: boolean, figure: string, because: string): Finding {
  const details = { figures: { [figure]: count }, evidence: run.audit === undefined ? [] : [run.audit.n] };
  if (tooMany) return finding('missed', formatCount(count), { ...details, because, definite: true });
  const doubt = auditDoubt(run);
  if (doubt !== undefined) return doubt;
  const blind = unreadable(run);
  if (blind !== undefined) return unknown('not audited', blind, details);
  return finding('met', formatCount(count), { ...details, because: acknowledgedWords(run) });
}
