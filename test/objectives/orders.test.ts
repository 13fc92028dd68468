import { expect, test } from 'vitest';
import type { Audit, RunEventBody } from '../../src/domain/event.ts';
import { converged } from '../../src/objectives/converged.ts';
import { noConflicts } from '../../src/objectives/no-conflicts.ts';
import { noDuplicatedOrders } from '../../src/objectives/no-duplicated-orders.ts';
import { noLostOrders } from '../../src/objectives/no-lost-orders.ts';
import { noResurrectedOrders } from '../../src/objectives/no-resurrected-orders.ts';
import { rpo } from '../../src/objectives/rpo.ts';
import { splitBrain } from '../../src/objectives/split-brain.ts';
import { syncLag } from '../../src/objectives/sync-lag.ts';
import { type At, evaluate, fact, fault, healing } from './timeline.ts';

const acknowledged: At = [
  20_000,
  { type: 'data', acknowledged: { east: [[0, 100]], west: [[0, 50]] }, indeterminate: { east: [[100, 110]] }, lag: {} },
];
const all = { east: [[0, 100]], west: [[0, 50]] } as const;
const audit = (change: Partial<Audit> = {}): At => [
  119_000,
  {
    type: 'audit',
    held: { 'east/postgres': all, 'west/postgres': all },
    duplicated: {},
    resurrected: {},
    conflicts: 0,
    unreadable: {},
    ...change,
  } as RunEventBody,
];

test('orders that every database holds are not lost', () => {
  const found = evaluate(noLostOrders(), [acknowledged, audit()]);
  expect(found).toMatchObject({ standing: 'met', received: '0', because: '150 acknowledged, all at both sites' });
});

test('an acknowledged order that no database holds is lost for certain and named', () => {
  const held = { 'east/postgres': { east: [[0, 97]], west: [[0, 50]] } } as unknown as Audit['held'];
  const found = evaluate(noLostOrders(), [acknowledged, audit({ held })]);
  expect(found).toMatchObject({
    standing: 'missed',
    received: '3',
    because: 'east 97–99',
    definite: true,
    figures: { lostOrders: 3 },
  });
});

test('an order that one of the databases holds is not lost', () => {
  const held = {
    'east/postgres': all,
    'west/postgres': { east: [[0, 90]], west: [[0, 50]] },
  } as unknown as Audit['held'];
  const found = evaluate(noLostOrders(), [acknowledged, audit({ held })]);
  expect(found).toMatchObject({ standing: 'met', because: '150 acknowledged, 10 not at west/postgres' });
});

test('orders that are missing while a database cannot be read are unknown', () => {
  const held = { 'east/postgres': { east: [[0, 97]], west: [[0, 50]] } } as unknown as Audit['held'];
  const found = evaluate(noLostOrders(), [acknowledged, audit({ held, unreadable: { 'west/postgres': 'refused' } })]);
  expect(found).toMatchObject({ standing: 'unknown', received: '3 missing' });
});

test('without an audit, or without orders, nothing is known of losses', () => {
  expect(evaluate(noLostOrders(), [acknowledged])).toMatchObject({ standing: 'unknown', received: 'not audited' });
  expect(evaluate(noLostOrders(), [audit()])).toMatchObject({ standing: 'unknown', received: 'not exercised' });
});

test('a duplicated order is a definite miss and named', () => {
  const run = [acknowledged, audit({ duplicated: { 'west/postgres': { east: [[7, 9]] } } })];
  expect(evaluate(noDuplicatedOrders(), run)).toMatchObject({
    standing: 'missed',
    received: '2',
    because: 'east 7–8',
    definite: true,
  });
  expect(evaluate(noDuplicatedOrders(), [acknowledged, audit()]).standing).toBe('met');
  expect(evaluate(noDuplicatedOrders(), [acknowledged]).standing).toBe('unknown');
});

test('no duplicate found while a database cannot be read is unknown', () => {
  const run = [acknowledged, audit({ unreadable: { 'west/postgres': 'refused' } })];
  expect(evaluate(noDuplicatedOrders(), run).standing).toBe('unknown');
});

test('an order with unknown outcome that appears later is not resurrected', () => {
  const back = (from: number, to: number) => [
    acknowledged,
    audit({ resurrected: { 'west/postgres': { east: [[from, to]] } } }),
  ];
  expect(evaluate(noResurrectedOrders(), back(100, 110)).standing).toBe('met');
  expect(evaluate(noResurrectedOrders(), back(99, 110))).toMatchObject({ standing: 'missed', because: 'east 99' });
});

test('an order whose site its customer never learned may appear at any site', () => {
  const unanswered: At = [
    20_000,
    { type: 'data', acknowledged: { east: [[0, 100]] }, indeterminate: { '-': [[200, 210]] }, lag: {} },
  ];
  const back = (from: number, to: number) => [
    unanswered,
    audit({ resurrected: { 'west/postgres': { west: [[from, to]] } } }),
  ];
  expect(evaluate(noResurrectedOrders(), back(200, 210)).standing).toBe('met');
  expect(evaluate(noResurrectedOrders(), back(200, 211))).toMatchObject({ standing: 'missed', because: 'west 210' });
});

test('conflicts up to the bound are met', () => {
  expect(evaluate(noConflicts(), [acknowledged, audit({ conflicts: 1 })]).standing).toBe('missed');
  expect(evaluate(noConflicts({ conflictsMax: 1 }), [acknowledged, audit({ conflicts: 1 })]).standing).toBe('met');
  expect(evaluate(noConflicts(), [acknowledged]).standing).toBe('unknown');
});

const promotion = (to: number, missingAgeMs: number): At => [
  40_000,
  { type: 'promotion', site: 'west', workload: 'postgres', missing: { east: [[0, to]] }, missingAgeMs },
];

test('the RPO is what the promoted database lacked, in records and in time', () => {
  const asked = rpo({ recordsMax: 10, msMax: 1_000 });
  expect(asked.expected).toBe('≤ 10 records, ≤ 1 s');
  expect(evaluate(asked, [promotion(10, 1_000)])).toMatchObject({ standing: 'met', received: '10 records, 1 s' });
  expect(evaluate(asked, [promotion(11, 1_000)])).toMatchObject({
    standing: 'missed',
    because: 'east 0–10',
    definite: true,
  });
  expect(evaluate(asked, [promotion(10, 1_001)]).standing).toBe('missed');
});

test('the RPO of a run without promotion is unknown, and one without a bound is refused', () => {
  expect(evaluate(rpo({ recordsMax: 0 }), []).standing).toBe('unknown');
  expect(() => rpo({})).toThrow(/`recordsMax`, `msMax` or both/);
});

const lag = (atMs: number, ageMs: number): At => [
  atMs,
  { type: 'data', acknowledged: {}, indeterminate: {}, lag: { orders: { records: ageMs / 10, ageMs } } },
];

test('sync lag is the greatest age that was read, or the age kept for 99 % of the time', () => {
  const run = [lag(10_000, 0), lag(60_000, 4_000), lag(61_000, 0)];
  expect(evaluate(syncLag({ of: 'orders', msMax: 4_000 }), run)).toMatchObject({ standing: 'met', received: '4 s' });
  expect(evaluate(syncLag({ of: 'orders', msMax: 3_999 }), run).standing).toBe('missed');
  expect(evaluate(syncLag({ of: 'orders', msMax: 0, quantile: 'p99' }), run)).toMatchObject({
    standing: 'met',
    received: '0 s',
  });
});

test('a lag read before the load holds until the next reading', () => {
  expect(evaluate(syncLag({ of: 'orders', msMax: 100 }), [lag(5_000, 300)]).standing).toBe('missed');
});

test('a replication that was never read has an unknown lag', () => {
  expect(evaluate(syncLag({ of: 'inventory', msMax: 1 }), [lag(20_000, 0)]).standing).toBe('unknown');
});

const agree = (atMs: number, value: boolean): At => [atMs, fact('data.converged', {}, value)];
const parted = [
  acknowledged,
  agree(0, true),
  ...fault(30_000, { name: 'cut' }),
  agree(31_000, false),
  ...healing(60_000, 'cut'),
];

test('convergence is measured from the beginning of the undo', () => {
  const asked = converged({ after: 'cut', msMax: 5_000 });
  expect(evaluate(asked, [...parted, agree(65_000, true), audit()])).toMatchObject({
    standing: 'met',
    received: '5 s',
  });
  expect(evaluate(asked, [...parted, agree(65_001, true), audit()]).standing).toBe('missed');
  expect(evaluate(asked, [...parted, audit()])).toMatchObject({ standing: 'missed', received: '> 5 s' });
});

test('orders that only one site holds at the end are a definite miss, whatever was observed', () => {
  const held = {
    'east/postgres': all,
    'west/postgres': { east: [[0, 99]], west: [[0, 50]] },
  } as unknown as Audit['held'];
  const found = evaluate(converged({ after: 'cut', msMax: 5_000 }), [...parted, agree(61_000, true), audit({ held })]);
  expect(found).toMatchObject({ standing: 'missed', received: '1 differ', because: 'east 99', definite: true });
});

test('sites that agree when the load ends have converged at once', () => {
  expect(evaluate(converged({ msMax: 0 }), [acknowledged, agree(0, true), audit()])).toMatchObject({
    standing: 'met',
    received: '0 s',
  });
});

test('convergence that was never observed or audited is unknown', () => {
  expect(evaluate(converged({ msMax: 0 }), [acknowledged, audit()]).standing).toBe('unknown');
  expect(evaluate(converged({ msMax: 0 }), [acknowledged, agree(0, true)]).standing).toBe('unknown');
});

const split = (atMs: number, value: boolean): At => [atMs, fact('data.split', {}, value)];

test('split brain sums the time in which both sites took writes', () => {
  const run = [split(0, false), split(30_000, true), split(32_000, false), split(40_000, true), split(41_000, false)];
  expect(evaluate(splitBrain({ msMax: 3_000 }), run)).toMatchObject({ standing: 'met', received: '3 s' });
  expect(evaluate(splitBrain({ msMax: 2_999 }), run)).toMatchObject({
    standing: 'missed',
    because: '0:30.0 to 0:32.0, 0:40.0 to 0:41.0',
  });
  expect(evaluate(splitBrain(), [split(0, false)])).toMatchObject({ standing: 'met', received: 'none' });
  expect(evaluate(splitBrain(), []).standing).toBe('unknown');
});
