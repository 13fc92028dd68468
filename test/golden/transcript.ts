/** A run as a short story in text: what the story did, what broke, what was seen of it, and the verdicts. Apart from the console, whose words may change without the world having changed. */
import { formatClock } from '../../src/base/format.ts';
import { describeTarget } from '../../src/domain/action.ts';
import type { RunEvent } from '../../src/domain/event.ts';
import type { FactName } from '../../src/domain/fact.ts';
import type { RunRecord } from '../../src/domain/record.ts';

/** Facts of which there are too many to read; what they come to is in others. */
const unread: ReadonlySet<FactName> = new Set([
  'pod.ready',
  'pod.node',
  'replication.lag-s',
  'endpoints.ready',
  'autoscaler.wanted',
  'workload.wanted',
  'workload.degraded',
]);

/** One line per event worth reading, from the beginning of the story on; then one line per verdict. */
export function transcriptOf(events: readonly RunEvent[], record: RunRecord): string {
  const began = events.findIndex((event) => event.type === 'phase' && event.phase === 'story');
  const lines = events.slice(began).flatMap((event) => {
    const text = textOf(event);
    return text === undefined ? [] : [`${formatClock(event.seenMs).padStart(8)}  ${text}`];
  });
  const verdicts = record.verdicts.map(
    ({ standing, objective, expected, received, because }) =>
      `${standing.padEnd(7)}  ${objective}: expected ${expected}, received ${received}${because === '' ? '' : ` (${because})`}`,
  );
  return `${[...lines, '', ...verdicts].join('\n')}\n`;
}

function textOf(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'phase':
      return `phase ${event.phase}`;
    case 'state':
      return `STATE ${event.state}${event.ending === undefined ? '' : `: ${event.ending}`}`;
    case 'action.issued':
      return `${event.undo ? 'undo of ' : ''}${event.fault}: ${event.action.verb} on ${describeTarget(event.action.target)}`;
    case 'action.landed':
      return `${event.actionId} landed between ${formatClock(event.fromMs)} and ${formatClock(event.toMs)}: ${event.proof}`;
    case 'action.failed':
      return `${event.actionId} failed: ${event.reason}`;
    case 'fault.healed':
      return `${event.fault} healed, whole since ${formatClock(event.wholeMs)}`;
    case 'fault.unreverted':
      return `${event.fault} is not whole: ${event.missing.join(', ')}`;
    case 'fact':
      return unread.has(event.fact) ? undefined : factText(event);
    case 'gap':
      return `gap of ${event.observer} at ${event.site ?? 'every site'}, ${formatClock(event.fromMs)} to ${formatClock(event.toMs)}`;
    case 'promotion':
      return `${event.workload} of ${event.site} promoted, oldest order missing is ${event.missingAgeMs} ms old`;
    case 'run.ended':
      return `run ${event.how}`;
    default:
      return undefined;
  }
}

function factText({ fact, subject, value }: Extract<RunEvent, { type: 'fact' }>): string {
  const of = Object.values(subject).join('/');
  return `${fact}${of === '' ? '' : ` of ${of}`} = ${value === null ? 'none' : value}`;
}
