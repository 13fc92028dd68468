import { expect, test } from 'vitest';
import type { RunEvent, RunEventBody } from '../../src/domain/event.ts';
import { createColours } from '../../src/report/console/colours.ts';
import { createLineFold } from '../../src/report/console/lines.ts';
import { createConsoleReporter, guarded } from '../../src/report/console/reporter.ts';

function events(...list: (readonly [atMs: number, body: RunEventBody])[]): readonly RunEvent[] {
  return list.map(([atMs, body], n) => ({ ...body, n, atMs, seenMs: atMs }));
}

function printed(list: readonly RunEvent[], width?: number): readonly string[] {
  let text = '';
  const reporter = createConsoleReporter({
    write: (part) => {
      text += part;
    },
    colours: createColours(false),
    ...(width === undefined ? {} : { width }),
  });
  for (const event of list) reporter.take(event);
  reporter.end();
  return text.split('\n').slice(0, -1);
}

const issued = (fault: string, node: string): RunEventBody => ({
  type: 'action.issued',
  fault,
  undo: false,
  action: {
    id: `${fault}#1.0`,
    verb: 'process.kill',
    target: { on: 'component', component: 'etcd', site: 'east', node },
    args: {},
    dud: false,
  },
});
const landed = (fault: string, proof: string): RunEventBody => ({
  type: 'action.landed',
  fault,
  actionId: `${fault}#1.0`,
  fromMs: 0,
  toMs: 0,
  proof,
  undo: false,
});

test('a state, what it injects and the proof stand on one line', () => {
  const list = events(
    [0, { type: 'phase', phase: 'provision', text: 'east 3 control planes + 2 workers' }],
    [300_000, { type: 'transition', from: 'peak', to: 'killing', cause: 'fact', text: 'load.peaked' }],
    [300_000, { type: 'state', state: 'killing' }],
    [300_000, issued('kill-leader', 'east-control-plane2')],
    [300_200, landed('kill-leader', 'process 812 gone, port refused')],
    [301_300, { type: 'transition', from: 'killing', to: 'degraded', cause: 'fact', text: 'etcd.leader of east' }],
    [301_300, { type: 'state', state: 'degraded' }],
  );
  expect(printed(list)).toEqual([
    '   0:00.0  provision   east 3 control planes + 2 workers',
    '   5:00.0  killing     load.peaked; kill-leader → etcd on east-control-plane2; landed: process 812 gone, port refused',
    '   5:01.3  degraded    etcd.leader of east',
  ]);
});

test('a proof that comes late gets a line of its own that names its fault', () => {
  const list = events(
    [1_000, { type: 'state', state: 'killing' }],
    [1_000, issued('kill-leader', 'n1')],
    [9_000, landed('kill-leader', 'gone')],
  );
  expect(printed(list)).toEqual([
    '   0:01.0  killing     kill-leader → etcd on n1',
    '   0:09.0              kill-leader landed: gone',
  ]);
});

test('a state that waits for proof is shown once platform time has gone on, not only at the end', () => {
  const fold = createLineFold();
  const list = events(
    [0, { type: 'state', state: 'calm' }],
    [2_100, { type: 'fact', fact: 'link.up', subject: {}, value: true }],
  );
  expect(list.flatMap((event) => fold.take(event)).map((line) => line.label)).toEqual(['calm']);
});

test('of dozens of targets three are named and the rest are counted', () => {
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
  const list = events(
    [0, { type: 'state', state: 'dark' }],
    ...nodes.map((node) => [0, issued('kill', node)] as const),
  );
  expect(printed(list)).toEqual(['   0:00.0  dark        kill → etcd on n1, etcd on n2, etcd on n3 and 2 more']);
});

test('passing through a state again gives a line again', () => {
  const pass = (atMs: number) =>
    [
      [atMs, { type: 'transition', from: 'b', to: 'a', cause: 'fact', text: 'again' }],
      [atMs, { type: 'state', state: 'a' }],
    ] as const;
  expect(printed(events(...pass(0), ...pass(0), ...pass(5_000)))).toHaveLength(3);
});

test('what goes wrong is said', () => {
  const list = events(
    [0, { type: 'phase', phase: 'heal' }],
    [10, { type: 'fault.failed', fault: 'kill', pass: 1, reason: 'no proof' }],
    [20, { type: 'fault.unreverted', fault: 'kill', pass: 1, missing: ['etcd.whole of east'] }],
    [30, { type: 'gap', observer: 'informer', facts: ['*'], fromMs: 1_000, toMs: 2_000 }],
    [40, { type: 'run.ended', how: 'aborted', text: 'interrupted' }],
  );
  const [line] = printed(list);
  for (const part of [
    'kill did not land: no proof',
    'kill NOT UNDONE: etcd.whole of east',
    'informer saw nothing from 0:01.0',
    'run aborted: interrupted',
  ])
    expect(line).toContain(part);
});

test('an observer that sees nothing again and again is told of once in ten seconds, with how often', () => {
  const gap = (atMs: number, observer: string) =>
    [atMs, { type: 'gap', observer, facts: ['*'], fromMs: atMs - 500, toMs: atMs }] as const;
  const lines = printed(
    events(
      gap(1_000, 'informer'),
      gap(5_000, 'informer'),
      gap(9_000, 'informer'),
      gap(9_000, 'prober'),
      gap(40_000, 'informer'),
    ),
  );
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain('prober');
  expect(lines[2]).toContain('informer saw nothing from 0:39.5 to 0:40.0 (2 more before)');
});

test('hostile names cannot paint, move the cursor or forge a line', () => {
  const evil = 'x\u001b[2J\u001b]0;owned\u0007\n   9:99.9  whole <script>alert(1)</script>';
  const lines = printed(events([0, { type: 'state', state: evil }], [0, issued(evil, evil)], [0, landed(evil, evil)]));
  expect(lines).toHaveLength(1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  expect(lines[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});

test('what was assumed and what is not modelled heads the lines', () => {
  const [first, second, third] = printed(
    events([
      0,
      {
        type: 'run.started',
        scenario: 's',
        title: 't',
        platform: 'p',
        seed: '1',
        topology: 't',
        version: '0',
        scale: 1,
        faultsInjected: true,
        duds: [],
        sets: [],
        assumed: ['east: Kubernetes 1.34'],
        notModelled: [{ field: 'NetworkPolicy', couldChange: ['orders'] }],
        steadyState: {},
        sites: ['east'],
      },
    ]),
  );
  expect([first, second, third]).toEqual([
    'Assumed: east: Kubernetes 1.34',
    'Not modelled: NetworkPolicy, could change orders',
    '',
  ]);
});

test('a long line is wrapped under its own text in a narrow terminal', () => {
  const text = 'one two three four five six seven eight nine ten eleven twelve';
  const lines = printed(events([0, { type: 'phase', phase: 'steady', text }]), 60);
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  expect(lines[1]?.startsWith(' '.repeat(23))).toBe(true);
});

test('a reporter that breaks is told once and never again, and costs nothing', () => {
  const told: unknown[] = [];
  const reporter = guarded(
    {
      take: () => {
        throw new Error('broken');
      },
      end: () => {
        throw new Error('broken');
      },
    },
    (error) => told.push(error),
  );
  for (const event of events([0, { type: 'note', text: 'a' }], [1, { type: 'note', text: 'b' }])) reporter.take(event);
  reporter.end();
  expect(told).toHaveLength(1);
});
