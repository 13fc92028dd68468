/** Kills a component's process and keeps it down until healed. Apart from kill-process, after which the supervisor starts it again by itself. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { wholeAfter } from './until.ts';
import { type OnProcess, showPick } from './whom.ts';

/** `member`: whose process, by default any one. */
export function holdProcess(options: OnProcess): Fault {
  const { component, site, member = 'one', limitMs = 600_000 } = options;
  return defineFault(options, ['component', 'site', 'member', 'limitMs'], {
    kind: 'hold-process',
    purpose: 'damage',
    title: `stop ${component} of ${site} (${showPick(member)})`,
    actions: [{ verb: 'process.hold', target: { on: 'component', component, site, member } }],
    undo: { actions: [{ verb: 'process.release', of: 0 }], until: wholeAfter(component, site), limitMs },
  });
}
