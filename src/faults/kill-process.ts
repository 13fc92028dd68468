/** Kills a component's process with SIGKILL, once. Its supervisor (the kubelet, systemd) starts it again; nothing is to be undone. */
import type { Component, Pick } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { wholeAfter } from './until.ts';

/** `member`: which node's process, by default any one. `limitMs`: how long until the site must be whole again, 10 min by default (the kubelet's back-off reaches 5 min). */
export function killProcess(options: {
  readonly component: Component;
  readonly site: string;
  readonly member?: Pick;
  readonly limitMs?: number;
}): Fault {
  const { component, site, member = 'one', limitMs = 600_000 } = options;
  return defineFault(options, {
    kind: 'kill-process',
    purpose: 'damage',
    title: `kill ${component} of ${site} (${showPick(member)})`,
    actions: [{ verb: 'process.kill', target: { on: 'component', component, site, member } }],
    undo: { actions: [], until: wholeAfter(component, site), limitMs },
  });
}

/** A choice of members in words. */
export function showPick(pick: Pick): string {
  if (typeof pick === 'string') return pick;
  return 'name' in pick ? pick.name : `${pick.count} of them`;
}
