/**
 * Every order that a customer was told had succeeded is held by a database at the end.
 *
 * Lost = acknowledged and in no database that could be read, after the quiet period. Orders with unknown outcome are never lost.
 * A lost order is lost whatever else was not seen; while a database could not be read, an order missing elsewhere is unknown.
 * An order that only one site holds is divergence: see **converged**.
 */
import { formatCount } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { finding, unknown, words } from './finding.ts';
import {
  acknowledgedWords,
  auditDoubt,
  countOrders,
  nameOrders,
  ordersOf,
  unionOf,
  unreadable,
  without,
} from './orders.ts';

/** `no lost orders`: figures `lostOrders`, `acknowledgedOrders`. */
export function noLostOrders(options: { readonly name?: string } = {}): Objective {
  check('no-lost-orders').only(options, ['name']).done();
  return {
    family: 'no-lost-orders',
    name: options.name ?? 'no lost orders',
    expected: '0',
    needs: { faults: [], slis: ['data'] },
    evaluate,
  };
}

function evaluate(run: FoldedRun): Finding {
  const doubt = auditDoubt(run);
  if (doubt !== undefined) return doubt;
  const acknowledged = ordersOf(run, 'acknowledged');
  const lost = without(acknowledged, unionOf(Object.values(run.audit!.held)));
  const lostOrders = countOrders(lost);
  const figures = { lostOrders, acknowledgedOrders: countOrders(acknowledged) };
  const details = { figures, evidence: [run.audit!.n] };
  const blind = unreadable(run);
  if (lostOrders > 0 && blind !== undefined) return unknown(`${formatCount(lostOrders)} missing`, blind, details);
  if (lostOrders > 0)
    return finding('missed', formatCount(lostOrders), { ...details, because: nameOrders(lost), definite: true });
  return finding('met', '0', { ...details, because: words(`${acknowledgedWords(run)}${whereHeld(run)}`, blind) });
}

/** `, all at both sites`, or how many are missing where. */
function whereHeld(run: FoldedRun): string {
  const acknowledged = ordersOf(run, 'acknowledged');
  const short = Object.entries(run.audit!.held)
    .map(([database, held]) => [database, countOrders(without(acknowledged, held))] as const)
    .filter(([, missing]) => missing > 0);
  const databases = Object.keys(run.audit!.held).length;
  if (short.length === 0) return databases === 2 ? ', all at both sites' : ', all held';
  return short.map(([database, missing]) => `, ${formatCount(missing)} not at ${database}`).join('');
}
