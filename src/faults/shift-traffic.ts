/** An operator changes the weights of the global load balancer: a switchover, a drain, a failback. */
import type { Condition } from '../domain/condition.ts';
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';

/** `weights`: share of new customers per site, any scale. The undo sets back what was there before; sites that were given customers must still be reachable then. */
export function shiftTraffic(options: {
  readonly weights: Readonly<Record<string, number>>;
  readonly limitMs?: number;
}): Fault {
  const { weights, limitMs = 300_000 } = options;
  const taking = Object.keys(weights).filter((site) => (weights[site] ?? 0) > 0);
  return defineFault(options, ['weights', 'limitMs'], {
    kind: 'shift-traffic',
    purpose: 'operation',
    title: `shift traffic to ${Object.entries(weights)
      .map(([site, weight]) => `${site} ${weight}`)
      .join(', ')}`,
    actions: [{ verb: 'traffic.shift', target: { on: 'global-load-balancer' }, args: { weights } }],
    undo: {
      actions: [{ verb: 'traffic.restore', of: 0 }],
      until: [
        { fact: 'traffic.shifted', subject: {}, not: true },
        ...taking.map((site): Condition => ({ fact: 'site.reachable', subject: { site } })),
      ],
      limitMs,
    },
  });
}
