import { expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { errorBudgetUsed } from '../../src/domain/error-budget.ts';
import { foldRun } from '../../src/domain/fold-run.ts';
import { type At, ending, fact, fault, folded, healing, told, traffic } from '../objectives/timeline.ts';

test('a timeline that does not begin a run is refused', () => {
  expect(() => foldRun([])).toThrow(InputError);
});

test('a pass of a fault knows its targets, its landing and its undo', () => {
  const run = folded([
    ...fault(30_000, { widthMs: 200 }),
    ...healing(60_000),
    ...fault(70_000, { pass: 2, lands: false }),
  ]);
  expect(run.passes('kill')).toMatchObject([
    { pass: 1, purpose: 'damage', landed: { fromMs: 30_000, toMs: 30_200 }, healingMs: 60_000, healedMs: 60_000 },
    { pass: 2, failedBecause: 'process 812 still runs' },
  ]);
  expect(run.passes('kill')[0]!.targets).toEqual([
    { on: 'component', component: 'etcd', site: 'east', node: 'east-control-plane' },
  ]);
  expect(run.landedPass('kill')!.pass).toBe(1);
  expect(run.landedPass('other')).toBeUndefined();
});

test('a fault that was healed after all is not left unreverted', () => {
  const left: At = [50_000, { type: 'fault.unreverted', fault: 'kill', pass: 1, missing: ['x'] }];
  expect(folded([...fault(30_000), left]).unreverted).toEqual(['kill']);
  expect(folded([...fault(30_000), left, ...healing(60_000)]).unreverted).toEqual([]);
});

test('leaving a state leaves what was entered inside it, and an ending leaves everything', () => {
  const inside: readonly At[] = [
    [10_000, { type: 'state', state: 'outer' }],
    [10_000, { type: 'state', state: 'a', region: 'left' }],
    [10_000, { type: 'state', state: 'b', region: 'right' }],
    [20_000, { type: 'transition', from: 'a', to: 'a2', cause: 'fact', text: '' }],
    [20_000, { type: 'state', state: 'a2', region: 'left' }],
  ];
  const run = folded([...inside, ...ending(30_000, 'whole', 'expected', 'outer')]);
  expect(run.states.map(({ state, fromMs, toMs }) => [state, fromMs, toMs])).toEqual([
    ['outer', 10_000, 30_000],
    ['a', 10_000, 20_000],
    ['b', 10_000, 30_000],
    ['a2', 20_000, 30_000],
    ['whole', 30_000, undefined],
  ]);
});

test('an ending is by time-out only when the time-out led straight to it', () => {
  expect(folded([...told([10_000, 'a']), ...ending(20_000, 'stuck', 'failed', 'a', 'after')]).endedByTimeout).toBe(
    true,
  );
  expect(
    folded([...told([10_000, 'a'], [15_000, 'b', 'after']), ...ending(20_000, 'lost', 'failed', 'b')]).endedByTimeout,
  ).toBe(false);
});

test('facts that were learned late are in the order in which they happened', () => {
  const run = folded([
    [50_000, fact('etcd.leader', { site: 'east' }, 'b')],
    [40_000, fact('etcd.leader', { site: 'east' }, 'a')],
  ]);
  expect(run.changes('etcd.leader', { site: 'east' }).map(({ value }) => value)).toEqual(['a', 'b']);
  expect(run.subjects('etcd.leader')).toEqual([{ site: 'east' }]);
});

test('traffic is found by service, channel and site', () => {
  const run = folded([
    traffic(0, 1_000),
    traffic(0, 1_000, { site: 'west' }),
    traffic(0, 1_000, { channel: 'partner' }),
  ]);
  expect(run.traffic('orders')).toHaveLength(3);
  expect(run.traffic('orders', { channel: 'app' })).toHaveLength(2);
  expect(run.traffic('orders', { channel: 'app', site: 'west' })).toHaveLength(1);
  expect(run.traffic('billing')).toEqual([]);
  expect(run.channelsOf('orders')).toEqual(['app', 'partner']);
});

test('the load window is from the profile to the end of the load', () => {
  expect(folded([], { endMs: 90_000 }).loadWindow).toEqual({ fromMs: 10_000, toMs: 90_000 });
});

const planned: At = [
  5_000,
  {
    type: 'load.planned',
    service: 'orders',
    channels: {
      app: {
        rateRpsBase: 50,
        rateRpsPeak: 150,
        planned: [
          [0, 50],
          [100_000, 150],
        ],
      },
    },
  },
];

test('the load is reached when at least 95 % of the plan was asked, noise of small counts aside', () => {
  const asked = (count: number) =>
    folded([planned, traffic(10_000, 110_000, { asked: count, ok: count })]).loadReached(10_000, 110_000);
  expect(asked(9_500)).toEqual({ reached: true });
  expect(asked(9_000)).toMatchObject({
    reached: false,
    because: 'app asked 9,000 of 10,000 planned from 0:10.0 to 1:50.0',
  });
});

test('before the profile and after the plan nothing is held against the load', () => {
  const run = folded([planned, traffic(10_000, 110_000)]);
  expect(run.loadReached(0, 10_000)).toEqual({ reached: true });
  expect(run.loadReached(110_000, 120_000)).toEqual({ reached: true });
});

test('a driver that says it did not reach its load is believed', () => {
  const run = folded([[110_000, { type: 'load.ended', reached: false, text: '312 iterations dropped' }]], {
    torn: true,
  });
  expect(run.loadReached(0, 1)).toEqual({ reached: false, because: '312 iterations dropped' });
});

test('a gap is found by time and by fact', () => {
  const run = folded([
    [30_000, { type: 'gap', observer: 'informers', facts: ['node.ready'], fromMs: 20_000, toMs: 30_000 }],
  ]);
  expect(run.gaps(29_999, 40_000, 'node.ready')).toHaveLength(1);
  expect(run.gaps(30_000, 40_000)).toHaveLength(0);
  expect(run.gaps(0, 40_000, 'pod.ready')).toHaveLength(0);
});

test('a run without requests used no budget that could be told', () => {
  expect(errorBudgetUsed(folded([]), 'orders', 0.99)).toBeUndefined();
});
