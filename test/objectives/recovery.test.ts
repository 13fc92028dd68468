import { expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { recovery } from '../../src/objectives/recovery.ts';
import { evaluate, fact, fault, healing, outage, traffic } from './timeline.ts';

const asked = recovery({ of: 'orders', after: 'kill', msMax: 15_000 });
const before = traffic(0, 30_000);

test('an outage is measured from the landing to the first moment from which the SLI stays healthy', () => {
  const found = evaluate(asked, [before, ...fault(30_000), outage(30_000, 32_100), traffic(32_100, 120_000)]);
  expect(found).toMatchObject({
    standing: 'met',
    received: '2.1 s ± 0.1',
    figures: { recoveryMs: 2_100, failingMs: 2_100 },
  });
  expect(found.because).toBe('failing 0:30.0 to 0:32.1, then steady for 10 s');
});

test('a recovery exactly at the bound is met, one slot later it is missed', () => {
  const run = (toMs: number) => [before, ...fault(30_000), outage(30_000, toMs), traffic(toMs, 120_000)];
  expect(evaluate(asked, run(45_000))).toMatchObject({ standing: 'met', figures: { recoveryMs: 15_000 } });
  expect(evaluate(asked, run(45_100))).toMatchObject({ standing: 'missed', figures: { recoveryMs: 15_100 } });
});

test('an SLI that never degraded recovers in 0 with a note', () => {
  const found = evaluate(asked, [before, ...fault(30_000), traffic(30_000, 120_000)]);
  expect(found).toMatchObject({ standing: 'met', received: '0 s', because: 'never degraded' });
});

test('a pause between two outages that is shorter than the hold time is not a recovery', () => {
  const found = evaluate(asked, [
    before,
    ...fault(30_000),
    outage(30_000, 31_000),
    traffic(31_000, 40_000),
    outage(40_000, 41_000),
    traffic(41_000, 120_000),
  ]);
  expect(found.figures.recoveryMs).toBe(11_000);
});

test('a degradation that comes late while the fault is in place counts from the landing', () => {
  const late = [before, ...fault(30_000), traffic(30_000, 70_000), outage(70_000, 71_000), traffic(71_000, 120_000)];
  expect(evaluate(asked, late)).toMatchObject({ standing: 'missed', figures: { recoveryMs: 41_000 } });
});

test('a degradation that begins after the undo is not held against the recovery', () => {
  const healed = [
    before,
    ...fault(30_000),
    traffic(30_000, 70_000),
    ...healing(65_000),
    outage(70_000, 71_000),
    traffic(71_000, 120_000),
  ];
  expect(evaluate(asked, healed)).toMatchObject({ standing: 'met', received: '0 s' });
});

test('an SLI that never comes back is missed', () => {
  const found = evaluate(asked, [before, ...fault(30_000), outage(30_000, 120_000)]);
  expect(found).toMatchObject({ standing: 'missed', received: '> 15 s' });
});

test('an outage that the load does not outlast is unknown while the bound has not passed', () => {
  const found = evaluate(asked, [before, ...fault(30_000), outage(30_000, 38_000)], { endMs: 38_000 });
  expect(found.standing).toBe('unknown');
});

test('a recovery whose hold time is not inside the measured load is unknown', () => {
  const found = evaluate(asked, [before, ...fault(30_000), outage(30_000, 32_000), traffic(32_000, 38_000)], {
    endMs: 38_000,
  });
  expect(found).toMatchObject({ standing: 'unknown', received: 'not measured' });
});

test('too few requests after the fault are not a recovery but unknown', () => {
  const found = evaluate(asked, [before, ...fault(30_000), traffic(30_000, 120_000, { asked: 900, ok: 900 })]);
  expect(found).toMatchObject({ standing: 'unknown', received: 'not exercised' });
});

test('a fault that did not land leaves the recovery unknown', () => {
  expect(evaluate(asked, [before, ...fault(30_000, { lands: false })])).toMatchObject({ received: 'did not land' });
});

test('requests that succeed too late are a degradation like failures', () => {
  const slow = traffic(30_000, 33_000, {
    latency: [
      [40, 200],
      [400, 100],
    ],
  });
  expect(evaluate(asked, [before, ...fault(30_000), slow, traffic(33_000, 120_000)]).figures.recoveryMs).toBe(3_000);
});

test('of several passes the slowest counts', () => {
  const found = evaluate(asked, [
    before,
    ...fault(30_000),
    outage(30_000, 31_000),
    traffic(31_000, 60_000),
    ...fault(60_000, { pass: 2 }),
    outage(60_000, 64_000),
    traffic(64_000, 120_000),
  ]);
  expect(found.figures.recoveryMs).toBe(4_000);
});

test('the width of the landing is printed as the resolution', () => {
  const found = evaluate(asked, [
    before,
    ...fault(30_000, { widthMs: 400 }),
    outage(30_000, 32_000),
    traffic(32_000, 120_000),
  ]);
  expect(found.received).toBe('2 s ± 0.4');
});

test('an impossible bound and an empty name are refused with all problems at once', () => {
  expect(() => recovery({ of: '', after: 'kill', msMax: -1 })).toThrow(InputError);
  expect(() => recovery({ of: '', after: 'kill', msMax: -1 })).toThrow(/`of` not to be empty\n.*`msMax`/);
});

test('the way back is split where facts tell of it', () => {
  const outageAndBack = [outage(30_000, 36_000), traffic(36_000, 120_000)] as const;
  const east = (atMs: number, value: boolean) => [atMs, fact('site.reachable', { site: 'east' }, value)] as const;
  const silent = [30_100, fact('etcd.leader', { site: 'east' }, null)] as const;
  const shift = fault(34_000, { name: 'shift', purpose: 'operation', widthMs: 500 });
  const found = evaluate(asked, [before, ...fault(30_000), silent, east(33_000, false), ...shift, ...outageAndBack]);
  expect(found.because).toMatch(/detected 3 s \(site.reachable\), decided 4 s \(story: shift\), acted 4.5 s$/);
});

test('arguments that are left out or of the wrong type are refused, not taken for anything', () => {
  expect(() => recovery({ of: 'orders', after: 'kill' } as never)).toThrow(/expected `msMax`, got nothing/);
  expect(() => recovery({ of: 3, after: 'kill', msMax: '5' } as never)).toThrow(/`of`.*\n.*`msMax`/);
});
