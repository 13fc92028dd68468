/** Verdicts on what an audit may not find. Apart because duplicates, resurrections and conflicts differ only in what they count: what was found is a definite miss, nothing found while a database could not be read is unknown. */
import { formatCount } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { finding, unknown } from './finding.ts';
import { acknowledgedWords, auditDoubt, countOrders, nameOrders, type OrderSets, unreadable } from './orders.ts';

/** An objective that expects no orders of some kind. `found`: those of a run that has an audit. */
export function auditObjective(
  family: string,
  name: string,
  figure: string,
  found: (run: FoldedRun) => OrderSets,
): Objective {
  return {
    family,
    name,
    expected: '0',
    needs: { faults: [], slis: ['data'] },
    evaluate: (run) => {
      if (run.audit === undefined) return auditVerdict(run, 0, false, figure, '');
      const orders = found(run);
      const count = countOrders(orders);
      return auditVerdict(run, count, count > 0, figure, nameOrders(orders));
    },
  };
}

/** The verdict on `count` things that the audit found; `because` names them. */
export function auditVerdict(
  run: FoldedRun,
  count: number,
  tooMany: boolean,
  figure: string,
  because: string,
): Finding {
  const details = { figures: { [figure]: count }, evidence: run.audit === undefined ? [] : [run.audit.n] };
  if (tooMany) return finding('missed', formatCount(count), { ...details, because, definite: true });
  const doubt = auditDoubt(run);
  if (doubt !== undefined) return doubt;
  const blind = unreadable(run);
  if (blind !== undefined) return unknown('not audited', blind, details);
  return finding('met', formatCount(count), { ...details, because: acknowledgedWords(run) });
}
