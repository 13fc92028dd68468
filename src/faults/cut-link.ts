/** Drops every packet between two sites, both ways or one way. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';

/** `oneWay`: only what `from` sends to `to` is lost. */
export function cutLink(options: {
  readonly from: string;
  readonly to: string;
  readonly oneWay?: boolean;
  readonly limitMs?: number;
}): Fault {
  const { from, to, oneWay = false, limitMs = 120_000 } = options;
  return defineFault(options, ['from', 'to', 'oneWay', 'limitMs'], {
    kind: 'cut-link',
    purpose: 'damage',
    title: `cut the link ${from} ${oneWay ? '→' : '↔'} ${to}`,
    actions: [{ verb: 'link.cut', target: { on: 'link', from, to, direction: oneWay ? 'one-way' : 'both' } }],
    undo: { actions: [{ verb: 'link.restore', of: 0 }], until: [{ fact: 'link.up', subject: {} }], limitMs },
  });
}
