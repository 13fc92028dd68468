/** Freezes a component's process: its sockets stay open and nothing answers, which clients notice much later than a dead one. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { wholeAfter } from './until.ts';
import { type OnProcess, showPick } from './whom.ts';

/** `member`: whose process, by default any one. */
export function pauseProcess(options: OnProcess): Fault {
  const { component, site, member = 'one', limitMs = 600_000 } = options;
  return defineFault(options, ['component', 'site', 'member', 'limitMs'], {
    kind: 'pause-process',
    purpose: 'damage',
    title: `freeze ${component} of ${site} (${showPick(member)})`,
    actions: [{ verb: 'process.pause', target: { on: 'component', component, site, member } }],
    undo: { actions: [{ verb: 'process.resume', of: 0 }], until: wholeAfter(component, site), limitMs },
  });
}
