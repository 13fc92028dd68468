/** What the console says about one event, in words. Apart from the fold of lines because it is one sentence per kind of event and grows with the kinds. */

import { formatClock, formatCount } from '../../base/format.ts';
import { describeTarget } from '../../domain/action.ts';
import type { RunEvent, RunEventOf } from '../../domain/event.ts';
import type { Tone } from './lines.ts';

/** Something to say within a line. Remarks of one line with the same lead-in are listed behind it. */
export interface Remark {
  readonly lead: string;
  readonly text: string;
  readonly tone: Tone;
  /** Fault to name when the remark does not stand in the line of the state that injected it. */
  readonly about?: string;
}

/** What is to be said about the event; undefined for the many that are only measured. */
export function remarkOn(event: RunEvent): Remark | undefined {
  switch (event.type) {
    case 'load.planned':
      return plain('load ', loadText(event));
    case 'load.ended':
      return event.reached ? undefined : warn('the planned load was not reached', event.text);
    case 'fault.injected':
      return event.skipped ? plain('', `${event.fault} not injected: faults are off`) : undefined;
    case 'action.issued':
      return event.undo
        ? undefined
        : { lead: `${event.fault} → `, text: describeTarget(event.action.target), tone: 'plain' };
    case 'action.landed':
      return event.undo ? undefined : { lead: 'landed: ', text: event.proof, tone: 'plain', about: event.fault };
    case 'action.failed':
      return event.undo ? warn(`an undo of ${event.fault} failed`, event.reason) : undefined;
    case 'promotion':
      return promotionRemark(event);
    default:
      return remarkOnLifeCycle(event);
  }
}

function remarkOnLifeCycle(event: RunEvent): Remark | undefined {
  switch (event.type) {
    case 'fault.failed':
      return warn(`${event.fault} did not land`, event.reason);
    case 'fault.healed':
      return plain('', `${event.fault} undone: whole since ${formatClock(event.wholeMs)}`);
    case 'fault.unreverted':
      return { lead: '', text: `${event.fault} NOT UNDONE: ${event.missing.join(', ')}`, tone: 'bad' };
    case 'stop':
      return { lead: '', text: `stopped: ${event.text}`, tone: 'bad' };
    case 'note':
      return plain('', event.text);
    case 'run.ended':
      return event.how === 'complete' ? undefined : { lead: '', text: endText(event), tone: 'bad' };
    default:
      return undefined;
  }
}

/** A gap that is told; `held`: what came before and was not, undefined when this one is not told either. */
export function remarkOnGap(
  { observer, fromMs, toMs }: RunEventOf<'gap'>,
  held: { readonly heldBack: number } | undefined,
): Remark | undefined {
  if (held === undefined) return undefined;
  const before = held.heldBack === 0 ? '' : ` (${held.heldBack} more before)`;
  return warn(`${observer} saw nothing from ${formatClock(fromMs)} to ${formatClock(toMs)}${before}`);
}

function plain(lead: string, text: string): Remark {
  return { lead, text, tone: 'plain' };
}

function warn(what: string, why?: string): Remark {
  return { lead: '', text: why === undefined ? what : `${what}: ${why}`, tone: 'warn' };
}

function endText(event: RunEventOf<'run.ended'>): string {
  return event.text === undefined ? `run ${event.how}` : `run ${event.how}: ${event.text}`;
}

function loadText(event: RunEventOf<'load.planned'>): string {
  const rate = (rps: number) => `${formatCount(rps)}/s`;
  return Object.entries(event.channels)
    .map(
      ([name, channel]) =>
        `${event.service} by ${name} ${rate(channel.rateRpsBase)}, peak ${rate(channel.rateRpsPeak)}`,
    )
    .join(', ');
}

function promotionRemark(event: RunEventOf<'promotion'>): Remark {
  let missing = 0;
  for (const ranges of Object.values(event.missing)) for (const [from, to] of ranges) missing += to - from;
  const text = `${event.workload} in ${event.site} promoted, ${formatCount(missing)} acknowledged orders missing`;
  return { lead: '', text, tone: missing === 0 ? 'plain' : 'warn' };
}
