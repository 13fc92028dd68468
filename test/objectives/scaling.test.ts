import { expect, test } from 'vitest';
import { carriesAll } from '../../src/objectives/carries-all.ts';
import { flapping } from '../../src/objectives/flapping.ts';
import { neverBelow } from '../../src/objectives/never-below.ts';
import { notReplaced } from '../../src/objectives/not-replaced.ts';
import { reaches } from '../../src/objectives/reaches.ts';
import { replaced } from '../../src/objectives/replaced.ts';
import { replicasReach } from '../../src/objectives/replicas-reach.ts';
import { rolledOut } from '../../src/objectives/rolled-out.ts';
import { timeToCapacity } from '../../src/objectives/time-to-capacity.ts';
import { unserved } from '../../src/objectives/unserved.ts';
import { type At, evaluate, fact, fault, healing, outage, traffic } from './timeline.ts';

const capacity = (atMs: number, capacityRps: number, demandRps: number, site = 'east'): At => [
  atMs,
  { type: 'capacity', site, workload: 'orders', readyReplicas: 1, wantedReplicas: 1, capacityRps, demandRps },
];

test('time to capacity is the longest time for which demand stood above capacity', () => {
  const run = [capacity(10_000, 100, 50), capacity(30_000, 100, 200), capacity(50_000, 250, 200)];
  const asked = (msMax: number) => timeToCapacity({ workload: 'orders', msMax });
  expect(evaluate(asked(20_000), run)).toMatchObject({ standing: 'met', received: '20 s' });
  expect(evaluate(asked(19_999), run)).toMatchObject({ standing: 'missed', because: 'short from 0:30.0 to 0:50.0' });
});

test('a shortage that is interrupted for less than the hold time is one', () => {
  const run = [
    capacity(10_000, 100, 200),
    capacity(20_000, 200, 200),
    capacity(25_000, 200, 201),
    capacity(30_000, 300, 200),
  ];
  expect(evaluate(timeToCapacity({ workload: 'orders', msMax: 60_000 }), run).figures.timeToCapacityMs).toBe(20_000);
});

test('time to capacity after a fault counts from the landing', () => {
  const run = [capacity(10_000, 100, 50), ...fault(30_000), capacity(40_000, 100, 200), capacity(50_000, 250, 200)];
  expect(evaluate(timeToCapacity({ workload: 'orders', after: 'kill', msMax: 20_000 }), run).received).toBe('20 s');
});

test('after the peak only shortages that outlast it count', () => {
  const run: At[] = [
    capacity(10_000, 1, 2),
    capacity(40_000, 3, 2),
    [70_000, fact('load.peaked', {}, true)],
    capacity(75_000, 3, 4),
    capacity(80_000, 5, 4),
  ];
  expect(evaluate(timeToCapacity({ workload: 'orders', after: 'peak', msMax: 5_000 }), run).received).toBe('5 s');
  expect(evaluate(timeToCapacity({ workload: 'orders', after: 'peak', msMax: 5_000 }), run.slice(0, 2)).standing).toBe(
    'unknown',
  );
});

test('capacity that never came is missed, capacity that was never read is unknown', () => {
  const short = [capacity(10_000, 100, 200)];
  expect(evaluate(timeToCapacity({ workload: 'orders', msMax: 60_000 }), short)).toMatchObject({
    standing: 'missed',
    received: '> 1 min',
  });
  expect(evaluate(timeToCapacity({ workload: 'orders', msMax: 600_000 }), short).standing).toBe('unknown');
  expect(evaluate(timeToCapacity({ workload: 'orders', msMax: 60_000 }), []).standing).toBe('unknown');
});

test('a workload that was never short needs no time', () => {
  expect(evaluate(timeToCapacity({ workload: 'orders', msMax: 0 }), [capacity(10_000, 2, 1)])).toMatchObject({
    because: 'never short of capacity',
  });
});

test('unserved demand is the area above capacity as a share of all demand', () => {
  const run = [capacity(10_000, 100, 100), capacity(65_000, 100, 200)];
  const found = evaluate(unserved({ of: 'orders', ratioMax: 1 / 3 }), run);
  expect(found).toMatchObject({ standing: 'met', received: '33.33 %', figures: { unservedRequests: 5_500 } });
  expect(evaluate(unserved({ of: 'orders', ratioMax: 0.33 }), run).standing).toBe('missed');
  expect(evaluate(unserved({ of: 'orders', ratioMax: 0 }), []).standing).toBe('unknown');
});

test('spare capacity of one site covers the other unless a site is named', () => {
  const run = [capacity(10_000, 50, 100, 'east'), capacity(10_000, 150, 100, 'west')];
  expect(evaluate(unserved({ of: 'orders', ratioMax: 0 }), run).standing).toBe('met');
  expect(evaluate(unserved({ of: 'orders', site: 'east', ratioMax: 0.4 }), run).standing).toBe('missed');
});

const wanted = (...values: readonly number[]): readonly At[] =>
  values.map(
    (value, i): At => [10_000 + i * 1_000, fact('autoscaler.wanted', { site: 'east', workload: 'orders' }, value)],
  );

test('flapping counts changes of direction', () => {
  expect(evaluate(flapping({ workload: 'orders', changesMax: 1 }), wanted(3, 6, 9, 3))).toMatchObject({
    standing: 'met',
    received: '1 turn',
  });
  expect(evaluate(flapping({ workload: 'orders', changesMax: 1 }), wanted(3, 6, 3, 6))).toMatchObject({
    standing: 'missed',
    because: 'wanted 3 → 6 → 3 → 6',
  });
  expect(evaluate(flapping({ workload: 'orders', changesMax: 1 }), wanted(3)).standing).toBe('unknown');
  expect(evaluate(flapping({ workload: 'orders', changesMax: 1 }), []).standing).toBe('unknown');
});

test('a site carries all only where the other site is without requests', () => {
  const both = [traffic(10_000, 50_000), traffic(10_000, 50_000, { site: 'west', failed: { error: 4_000 }, ok: 0 })];
  const run = [...both, traffic(50_000, 90_000, { failed: { shed: 40 } })];
  expect(evaluate(carriesAll({ site: 'east', of: 'orders', ratioMin: 0.99 }), run)).toMatchObject({
    standing: 'met',
    received: '99 %',
  });
  expect(evaluate(carriesAll({ site: 'east', of: 'orders', ratioMin: 0.991 }), run).standing).toBe('missed');
  expect(evaluate(carriesAll({ site: 'east', of: 'orders', ratioMin: 0.99 }), both)).toMatchObject({
    standing: 'unknown',
    received: 'not exercised',
  });
});

test('requests that found no site count against the one that carries all', () => {
  const run = [traffic(10_000, 50_000), outage(10_000, 50_000, { site: '-', asked: 400 })];
  expect(evaluate(carriesAll({ site: 'east', of: 'orders', ratioMin: 0.95 }), run).standing).toBe('missed');
});

const short = (atMs: number, value: boolean, site = 'east'): At => [
  atMs,
  fact('workload.degraded', { site, workload: 'orders' }, value),
];

test('a workload is replaced when it is whole again after it fell short', () => {
  const asked = replaced({ workload: 'orders', after: 'kill', msMax: 10_000 });
  const run = (wholeMs: number) => [short(0, false), ...fault(30_000), short(31_000, true), short(wholeMs, false)];
  expect(evaluate(asked, run(40_000))).toMatchObject({
    standing: 'met',
    received: '10 s',
    because: 'short of replicas for 9 s',
  });
  expect(evaluate(asked, run(40_001)).standing).toBe('missed');
  expect(evaluate(asked, [short(0, false), ...fault(30_000), short(31_000, true)])).toMatchObject({
    standing: 'missed',
    received: '> 10 s',
  });
  expect(evaluate(asked, [short(0, false), ...fault(30_000)])).toMatchObject({
    standing: 'unknown',
    received: 'not exercised',
  });
});

test('nothing is replaced while the workload stays short up to the undo', () => {
  const asked = notReplaced({ workload: 'orders', after: 'kill' });
  const run = (wholeMs: number) => [
    short(0, false),
    ...fault(30_000),
    short(31_000, true),
    short(wholeMs, false),
    ...healing(60_000),
  ];
  expect(evaluate(asked, run(61_000))).toMatchObject({ standing: 'met', received: 'nothing created' });
  expect(evaluate(asked, run(50_000))).toMatchObject({ standing: 'missed', definite: true });
  expect(evaluate(asked, [short(0, false), ...fault(30_000)]).standing).toBe('unknown');
});

const ready = (atMs: number, value: number, site = 'east'): At => [
  atMs,
  fact('workload.ready', { site, workload: 'orders' }, value),
];

test('replicas are reached when every site that was aimed at has them', () => {
  const asked = replicasReach({ workload: 'orders', replicasMin: 6, after: 'kill', msMax: 10_000 });
  expect(evaluate(asked, [ready(0, 3), ready(0, 3, 'west'), ...fault(30_000), ready(40_000, 6)]).standing).toBe('met');
  expect(evaluate(asked, [ready(0, 3), ...fault(30_000), ready(40_001, 6)]).standing).toBe('missed');
  expect(evaluate(asked, [ready(0, 6), ...fault(30_000)])).toMatchObject({
    received: '0 s',
    because: 'it held already',
  });
  expect(evaluate(asked, [...fault(30_000)])).toMatchObject({ standing: 'unknown', received: 'not observed' });
});

test('a roll-out that was complete before is not the one that was asked for', () => {
  const done = (atMs: number, value: boolean): At => [
    atMs,
    fact('workload.rolled-out', { site: 'east', workload: 'orders' }, value),
  ];
  const asked = rolledOut({ workload: 'orders', after: 'kill', msMax: 20_000 });
  expect(evaluate(asked, [done(0, true), ...fault(30_000), done(31_000, false), done(50_000, true)]).received).toBe(
    '20 s',
  );
  expect(evaluate(asked, [done(0, true), ...fault(30_000)]).standing).toBe('missed');
});

test('a fact is reached with the value that was asked for', () => {
  const breaker = (atMs: number, value: string | null): At => [
    atMs,
    fact('breaker.state', { site: 'east', service: 'orders' }, value),
  ];
  const asked = reaches({ fact: 'breaker.state', is: 'open', after: 'kill', msMax: 10_000 });
  expect(
    evaluate(asked, [breaker(0, null), ...fault(30_000), breaker(33_000, 'half-open'), breaker(34_000, 'open')])
      .received,
  ).toBe('4 s');
});

test('one moment with too few replicas is a definite miss', () => {
  const asked = neverBelow({ workload: 'orders', replicasMin: 3 });
  const run = [ready(0, 4), ready(30_000, 2), ready(30_500, 3)];
  expect(evaluate(asked, run)).toMatchObject({
    standing: 'missed',
    received: '2 ready',
    definite: true,
    figures: { belowMs: 500 },
  });
  expect(evaluate(asked, [ready(0, 4), ready(30_000, 3)]).standing).toBe('met');
  expect(evaluate(asked, []).standing).toBe('unknown');
});
