/** Adds delay or loss to the link between two sites. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';

/** `delayMs`: added one way; `lossRatio`: share of packets lost, 0..1. */
export function slowLink(options: {
  readonly from: string;
  readonly to: string;
  readonly delayMs: number;
  readonly lossRatio?: number;
  readonly oneWay?: boolean;
  readonly limitMs?: number;
}): Fault {
  const { from, to, delayMs, lossRatio = 0, oneWay = false, limitMs = 120_000 } = options;
  return defineFault(options, ['from', 'to', 'delayMs', 'lossRatio', 'oneWay', 'limitMs'], {
    kind: 'slow-link',
    purpose: 'damage',
    title: `slow the link ${from} ${oneWay ? '→' : '↔'} ${to} by ${delayMs} ms`,
    actions: [
      {
        verb: 'link.slow',
        target: { on: 'link', from, to, direction: oneWay ? 'one-way' : 'both' },
        args: { delayMs, lossRatio },
      },
    ],
    undo: { actions: [{ verb: 'link.restore', of: 0 }], until: [{ fact: 'link.up', subject: {} }], limitMs },
  });
}
