/** What became of every pass of every fault, folded from the events that name it. */
import type { ResolvedTarget } from './action.ts';
import type { RunEvent } from './event.ts';
import type { FaultPass } from './folded-run.ts';

type Open = { -readonly [K in keyof FaultPass]: FaultPass[K] } & { targets: ResolvedTarget[]; events: number[] };

/** A fold over fault and action events; others are ignored. */
export interface FaultFold {
  take(event: RunEvent): void;
  /** In the order of injection. */
  readonly passes: readonly FaultPass[];
  unreverted(): readonly string[];
}

/** An empty {@link FaultFold}. */
export function createFaultFold(): FaultFold {
  const passes: Open[] = [];
  const unreverted = new Set<string>();
  const newest = (fault: string) => passes.findLast((pass) => pass.fault === fault);
  const at = (fault: string, pass: number) => passes.findLast((other) => other.fault === fault && other.pass === pass);
  return {
    passes,
    unreverted: () => [...unreverted],
    take: (event) => {
      if (event.type === 'fault.injected') passes.push(opened(event));
      else if (event.type === 'action.issued' || event.type === 'action.landed' || event.type === 'action.failed')
        takeAction(newest(event.fault), event);
      else if ('fault' in event && 'pass' in event) {
        takePass(at(event.fault, event.pass), event);
        if (event.type === 'fault.unreverted') unreverted.add(event.fault);
        if (event.type === 'fault.healed') unreverted.delete(event.fault);
      }
    },
  };
}

function opened(event: Extract<RunEvent, { type: 'fault.injected' }>): Open {
  const { fault, pass, purpose, title, skipped, atMs, n } = event;
  return { fault, pass, purpose, title, skipped, targets: [], injectedMs: atMs, events: [n] };
}

function takeAction(pass: Open | undefined, event: RunEvent): void {
  if (pass === undefined) return;
  pass.events.push(event.n);
  if (event.type === 'action.issued' && !event.undo) pass.targets.push(event.action.target);
}

function takePass(pass: Open | undefined, event: RunEvent): void {
  if (pass === undefined) return;
  pass.events.push(event.n);
  if (event.type === 'fault.landed') pass.landed = { fromMs: event.fromMs, toMs: event.toMs };
  else if (event.type === 'fault.failed') pass.failedBecause = event.reason;
  else if (event.type === 'fault.healing') pass.healingMs ??= event.atMs;
  else if (event.type === 'fault.healed') pass.healedMs = event.wholeMs;
}
