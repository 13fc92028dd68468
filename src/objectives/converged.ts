/**
 * Both sites hold the same orders, and how soon after the undo of a fault.
 *
 * From the beginning of the undo (without `after`: from the end of the load) to the first moment at which the sites agree. At the
 * end, after the quiet period, the audit must find the same orders in every database; a difference there is a definite miss and
 * names the orders. Never observed, or a database unreadable: unknown.
 */
import type { Ms } from '../base/clock.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { finding, unknown } from './finding.ts';
import { happenedAfter, neverHappened } from './in-time.ts';
import { auditDoubt, countOrders, nameOrders, type OrderSets, unionOf, unreadable, without } from './orders.ts';

/** What is asked. */
export interface ConvergedOptions {
  /** The fault whose undo lets the sites meet again. */
  readonly after?: string;
  readonly msMax: Ms;
  readonly name?: string;
}

/** `converged`: figures `convergenceMs`, `divergedOrders`. Throws an InputError for impossible arguments. */
export function converged(options: ConvergedOptions): Objective {
  const { after, msMax, name } = options;
  check('converged')
    .only(options, ['after', 'msMax', 'name'])
    .given({ msMax })
    .text('after', after)
    .ms('msMax', msMax)
    .text('name', name)
    .done();
  return {
    family: 'converged',
    name: name ?? `converged${after === undefined ? '' : ` after ${after}`}`,
    expected: `≤ ${formatDuration(msMax)}`,
    needs: { faults: after === undefined ? [] : [after], slis: ['data'], facts: ['data.converged'] },
    evaluate: (run) => evaluate(run, options),
  };
}

function evaluate(run: FoldedRun, options: ConvergedOptions): Finding {
  const doubt = auditDoubt(run);
  if (doubt !== undefined) return doubt;
  const differing = differences(run);
  const divergedOrders = countOrders(differing);
  if (divergedOrders > 0)
    return finding('missed', `${formatCount(divergedOrders)} differ`, {
      because: nameOrders(differing),
      figures: { divergedOrders },
      evidence: [run.audit!.n],
      definite: true,
    });
  const blind = unreadable(run);
  return blind === undefined ? inTime(run, options) : unknown('not audited', blind);
}

/** Orders that some database holds and another does not. */
function differences(run: FoldedRun): OrderSets {
  const held = Object.values(run.audit!.held);
  const all = unionOf(held);
  return unionOf(held.map((own) => without(all, own)));
}

function inTime(run: FoldedRun, options: ConvergedOptions): Finding {
  const fromMs = options.after === undefined ? run.loadWindow?.toMs : run.landedPass(options.after)?.healingMs;
  if (fromMs === undefined) return unknown('not exercised', `${options.after ?? 'the load'} did not end`);
  const changes = run.changes('data.converged', {});
  if (changes.length === 0) return unknown('not observed', 'whether the sites agree was never observed');
  const before = changes.findLast((change) => change.atMs <= fromMs);
  const at = before?.value === true ? before : changes.find((change) => change.atMs > fromMs && change.value === true);
  const window = { fromMs, toMs: Math.max(fromMs, run.endMs) };
  if (at === undefined) return neverHappened(window, options.msMax, 'the sites were not seen to agree');
  return happenedAfter(window, Math.max(fromMs, at.atMs), options.msMax, 'convergenceMs', {
    because: 'the audit finds the same orders everywhere',
    figures: { divergedOrders: 0 },
    evidence: [at.n, run.audit!.n],
  });
}
