/** Kills a component's process with SIGKILL, once. Its supervisor (the kubelet, systemd) starts it again; nothing is to be undone. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { wholeAfter } from './until.ts';
import { type OnProcess, showPick } from './whom.ts';

/** `member`: which node's process, by default any one. `limitMs`: how long until the site must be whole again, 10 min by default (the kubelet's back-off reaches 5 min). */
export function killProcess(options: OnProcess): Fault {
  const { component, site, member = 'one', limitMs = 600_000 } = options;
  return defineFault(options, ['component', 'site', 'member', 'limitMs'], {
    kind: 'kill-process',
    purpose: 'damage',
    title: `kill ${component} of ${site} (${showPick(member)})`,
    actions: [{ verb: 'process.kill', target: { on: 'component', component, site, member } }],
    undo: { actions: [], until: wholeAfter(component, site), limitMs },
  });
}
