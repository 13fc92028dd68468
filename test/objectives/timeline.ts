/** Literal timelines for tests of judgement: numbered bodies, a run around them, and traffic in stretches. */
import type { RunEvent, RunEventBody, RunEventOf, Traffic } from '../../src/domain/event.ts';
import { foldRun } from '../../src/domain/fold-run.ts';
import type { FoldedRun } from '../../src/domain/folded-run.ts';
import type { Finding, Objective } from '../../src/domain/objective.ts';

export type At = readonly [atMs: number, body: RunEventBody];

/** Numbers the bodies as they stand; each is seen when it happened. */
export function numbered(entries: readonly At[]): readonly RunEvent[] {
  return entries.map(([atMs, body], n) => ({ ...body, n, atMs, seenMs: atMs }));
}

export const started: RunEventBody = {
  type: 'run.started',
  scenario: 'trial',
  title: 'A trial',
  platform: 'simulated',
  seed: '1',
  topology: 'dual-site',
  version: '0.1.0',
  scale: 1,
  faultsInjected: true,
  duds: [],
  sets: [],
  assumed: [],
  notModelled: [],
  steadyState: { orders: { successRatioMin: 0.99, p99MsMax: 250 }, 'api.write': { successRatioMin: 0.99 } },
  sites: ['east', 'west'],
};

/** A whole run around the entries: it starts at 0, its profile at 10 s, its load ends at `endMs`. */
export function timeline(
  entries: readonly At[],
  {
    endMs = 120_000,
    start = {},
    torn = false,
  }: { endMs?: number; start?: Partial<RunEventOf<'run.started'>>; torn?: boolean } = {},
): readonly RunEvent[] {
  const begin: At = [0, { ...started, ...start } as RunEventBody];
  const profile: At = [10_000, fact('load.started', {}, true)];
  const close: At[] = [
    [endMs, { type: 'load.ended', reached: true }],
    [endMs, { type: 'run.ended', how: 'complete' }],
  ];
  return numbered([begin, profile, ...entries, ...(torn ? [] : close)]);
}

export function folded(entries: readonly At[], options?: Parameters<typeof timeline>[1]): FoldedRun {
  return foldRun(timeline(entries, options));
}

export function evaluate(
  objective: Objective,
  entries: readonly At[],
  options?: Parameters<typeof timeline>[1],
): Finding {
  return objective.evaluate(folded(entries, options));
}

export function fact(
  name: RunEventOf<'fact'>['fact'],
  subject: RunEventOf<'fact'>['subject'],
  value: RunEventOf<'fact'>['value'],
): RunEventBody {
  return { type: 'fact', fact: name, subject, value };
}

/** Traffic of 100/s in [fromMs, toMs), all fine unless said otherwise; counts are of the whole stretch. */
export function traffic(fromMs: number, toMs: number, change: Partial<Traffic> = {}): At {
  const asked = change.asked ?? (toMs - fromMs) / 10;
  const bad = Object.values(change.failed ?? {}).reduce((sum, count) => sum + count, 0) + (change.indeterminate ?? 0);
  const ok = change.ok ?? asked - bad;
  return [
    toMs,
    {
      type: 'traffic',
      service: 'orders',
      site: 'east',
      channel: 'app',
      fromMs,
      toMs,
      asked,
      ok,
      failed: {},
      indeterminate: 0,
      inFlight: 0,
      latency: ok > 0 ? [[40, ok]] : [],
      ...change,
    },
  ];
}

/** All of the traffic in [fromMs, toMs) fails. */
export function outage(fromMs: number, toMs: number, change: Partial<Traffic> = {}): At {
  const asked = change.asked ?? (toMs - fromMs) / 10;
  return traffic(fromMs, toMs, { asked, ok: 0, failed: { error: asked }, ...change });
}

/** A fault that is injected at `atMs` on a node of east and lands at once, or never. */
export function fault(
  atMs: number,
  {
    name = 'kill',
    pass = 1,
    lands = true,
    widthMs = 0,
    purpose = 'damage',
    skipped = false,
  }: Partial<{
    name: string;
    pass: number;
    lands: boolean;
    widthMs: number;
    purpose: 'damage' | 'operation';
    skipped: boolean;
  }> = {},
): readonly At[] {
  const node = 'east-control-plane';
  const id = `${name}#${pass}.0`;
  const issue: At = [
    atMs,
    {
      type: 'action.issued',
      fault: name,
      undo: false,
      action: {
        id,
        verb: 'process.kill',
        target: { on: 'component', component: 'etcd', site: 'east', node },
        args: {},
        dud: false,
      },
    },
  ];
  const injected: At = [atMs, { type: 'fault.injected', fault: name, pass, purpose, title: name, skipped }];
  if (skipped) return [injected];
  const outcome: RunEventBody = lands
    ? { type: 'fault.landed', fault: name, pass, fromMs: atMs, toMs: atMs + widthMs }
    : { type: 'fault.failed', fault: name, pass, reason: 'process 812 still runs' };
  return [injected, issue, [atMs + widthMs, outcome]];
}

export function healing(atMs: number, name = 'kill', pass = 1): readonly At[] {
  return [
    [atMs, { type: 'fault.healing', fault: name, pass }],
    [atMs, { type: 'fault.healed', fault: name, pass, wholeMs: atMs }],
  ];
}

/** The story goes from state to state at these times, by facts unless said otherwise. */
export function told(
  ...visits: readonly (readonly [atMs: number, state: string, cause?: 'fact' | 'after'])[]
): readonly At[] {
  return visits.flatMap(([atMs, state, cause = 'fact'], i): At[] => {
    const from = visits[i - 1]?.[1];
    const entered: At = [atMs, { type: 'state', state }];
    return from === undefined ? [entered] : [[atMs, { type: 'transition', from, to: state, cause, text: '' }], entered];
  });
}

export function ending(
  atMs: number,
  state: string,
  how: 'expected' | 'failed' | 'inconclusive',
  from: string,
  cause: 'fact' | 'after' = 'fact',
): readonly At[] {
  return [
    [atMs, { type: 'transition', from, to: state, cause, text: '' }],
    [atMs, { type: 'state', state, ending: how, because: `it ${how}` }],
  ];
}
