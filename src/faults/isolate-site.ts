/** Cuts a site off from the other one and from its customers; inside everything goes on. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';

/** `limitMs`: how long until customers must reach the site again. */
export function isolateSite(options: { readonly site: string; readonly limitMs?: number }): Fault {
  const { site, limitMs = 300_000 } = options;
  return defineFault(options, ['site', 'limitMs'], {
    kind: 'isolate-site',
    purpose: 'damage',
    title: `cut site ${site} off`,
    actions: [{ verb: 'link.cut', target: { on: 'site', site } }],
    undo: {
      actions: [{ verb: 'link.restore', of: 0 }],
      until: [{ fact: 'site.reachable', subject: { site } }],
      limitMs,
    },
  });
}
