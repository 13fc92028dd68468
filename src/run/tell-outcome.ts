/** Tells the run what became of an action. Apart because injecting and undoing tell it alike. */
import type { ActionOutcome } from '../domain/action.ts';
import type { Bus } from './bus.ts';

/** Writes `action.landed`, stamped with when the change was first seen, or `action.failed`. */
export function tellOutcome(bus: Bus, fault: string, outcome: ActionOutcome, undo: boolean): void {
  const { actionId } = outcome;
  if (!outcome.landed) return void bus.tell({ type: 'action.failed', fault, actionId, reason: outcome.reason, undo });
  const { fromMs, toMs, proof } = outcome;
  bus.publish({ type: 'action.landed', fault, actionId, fromMs, toMs, proof, undo }, toMs);
}
