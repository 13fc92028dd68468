import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Traffic } from '../../src/domain/event.ts';
import type { Observation } from '../../src/domain/fact.ts';
import { createSliFold } from '../../src/domain/sli.ts';
import { healthSpans } from '../../src/domain/sli-health.ts';
import { windowMsFor, windowOf } from '../../src/domain/sli-window.ts';
import { traffic as entry, outage as failing } from '../objectives/timeline.ts';

const steadyState = { orders: { successRatioMin: 0.99, p99MsMax: 250 }, 'api.write': { successRatioMin: 0.99 } };
const traffic = (...of: Parameters<typeof entry>) => entry(...of)[1] as Traffic;
const outage = (...of: Parameters<typeof failing>) => failing(...of)[1] as Traffic;

/** Stretches of one width that follow each other. */
function slices(fromMs: number, toMs: number, widthMs: number, make: (from: number, to: number) => Traffic): Traffic[] {
  return Array.from({ length: (toMs - fromMs) / widthMs }, (_, i) =>
    make(fromMs + i * widthMs, fromMs + (i + 1) * widthMs),
  );
}

function play(stretches: readonly Traffic[]): readonly Observation[] {
  const fold = createSliFold(steadyState);
  return stretches.flatMap((stretch) => fold.take(stretch));
}

const told = (all: readonly Observation[], fact: string) =>
  all.filter((observation) => observation.fact === fact).map(({ value, atMs }) => [value, atMs]);

test('an SLI is healthy from the first window with enough requests and steady after the hold time', () => {
  const all = play(slices(0, 12_000, 100, (from, to) => traffic(from, to)));
  expect(told(all, 'sli.healthy')).toEqual([
    [null, 100],
    [true, 200],
  ]);
  expect(told(all, 'sli.steady')).toEqual([
    [false, 100],
    [true, 10_200],
  ]);
});

test('an outage ends health at once and steadiness with it, and health is back when the window has left it', () => {
  const before = slices(0, 12_000, 100, (from, to) => traffic(from, to));
  const all = play([
    ...before,
    outage(12_000, 12_100),
    ...slices(12_100, 24_000, 100, (from, to) => traffic(from, to)),
  ]);
  expect(told(all, 'sli.healthy').slice(2)).toEqual([
    [false, 12_100],
    [true, 13_100],
  ]);
  expect(told(all, 'sli.steady').slice(2)).toEqual([
    [false, 12_100],
    [true, 23_100],
  ]);
});

test('too few requests are neither healthy nor burning', () => {
  const fold = createSliFold(steadyState);
  const all = slices(0, 3_000, 100, (from, to) => outage(from, to, { asked: 1 })).flatMap((stretch) =>
    fold.take(stretch),
  );
  expect(told(all, 'sli.healthy')).toEqual([[null, 100]]);
  expect(fold.burning('orders')).toBe(false);
});

test('a window exactly at its bounds is healthy, one request more is not', () => {
  const at = (error: number) =>
    told(
      play(slices(0, 5_000, 100, (from, to) => traffic(from, to, { asked: 100, failed: { error } }))),
      'sli.healthy',
    );
  expect(at(1).at(-1)).toEqual([true, 100]);
  expect(at(2).at(-1)).toEqual([false, 100]);
  const slow = (count: number) =>
    told(
      play(
        slices(0, 5_000, 100, (from, to) =>
          traffic(from, to, {
            asked: 100,
            latency: [
              [40, 100 - count],
              [251, count],
            ],
          }),
        ),
      ),
      'sli.healthy',
    );
  expect(slow(1).at(-1)).toEqual([true, 100]);
  expect(slow(2).at(-1)).toEqual([false, 100]);
});

test('a channel and a site are told apart from the sum', () => {
  const fold = createSliFold(steadyState);
  const all = slices(0, 3_000, 100, (from, to) => traffic(from, to)).flatMap((stretch) => [
    ...fold.take(stretch),
    ...fold.take({ ...outage(stretch.fromMs, stretch.toMs), site: 'west', channel: 'partner' }),
  ]);
  expect(
    all.filter(({ fact }) => fact === 'channel.healthy').map(({ subject, value }) => [subject.channel, value]),
  ).toContainEqual(['partner', false]);
  expect(fold.burning('orders', 'west')).toBe(true);
  expect(fold.burning('orders', 'east')).toBe(false);
  expect(fold.burning('orders')).toBe(true);
});

test('a stream that appears in the moment of failure is counted in that moment', () => {
  const before = slices(0, 5_000, 100, (from, to) => traffic(from, to));
  const lost = { ...outage(5_000, 5_100), site: '-' };
  const all = play([
    ...before,
    traffic(5_000, 5_100),
    lost,
    ...slices(5_100, 6_400, 100, (from, to) => traffic(from, to)),
  ]);
  expect(told(all, 'sli.healthy')).toContainEqual([false, 5_100]);
});

test('a stream that falls silent holds nothing up for longer than a moment', () => {
  const both = slices(0, 5_000, 100, (from, to) => traffic(from, to)).flatMap((stretch) => [
    stretch,
    { ...stretch, site: 'west' },
  ]);
  const fold = createSliFold(steadyState);
  for (const stretch of both) fold.take(stretch);
  const all = slices(5_000, 9_000, 100, (from, to) => outage(from, to)).map((stretch) => fold.take(stretch));
  const seen = all.findIndex((list) => list.some(({ fact, value }) => fact === 'sli.healthy' && value === false));
  expect(seen).toBeLessThanOrEqual(11);
});

test('wide stretches of several streams that end together are all counted', () => {
  const wide = slices(0, 60_000, 10_000, (from, to) => traffic(from, to, { asked: 100 }));
  const all = play(
    wide.flatMap((stretch) => [stretch, { ...stretch, site: 'west' }, { ...stretch, channel: 'partner' }]),
  );
  expect(told(all, 'sli.healthy')).toEqual([
    [null, 100],
    [true, 700],
  ]);
});

test('a prober of 10 tries a second has said enough after 2 s', () => {
  const probe = slices(0, 5_000, 100, (from, to) =>
    traffic(from, to, { service: 'api.write', channel: 'prober', asked: 1 }),
  );
  expect(told(play(probe), 'sli.healthy')).toEqual([
    [null, 100],
    [true, 2_000],
  ]);
});

test('traffic of a service without steady state says nothing', () => {
  expect(play([traffic(0, 1_000, { service: 'billing' })])).toEqual([]);
});

test('what the stream says live is what the stored run says, however stretches are cut', () => {
  const stretch = fc.record({
    slots: fc.integer({ min: 1, max: 30 }),
    asked: fc.integer({ min: 0, max: 40 }),
    bad: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 30 }), (shapes) => {
      let fromMs = 0;
      const stretches = shapes.map(({ slots, asked, bad }) => {
        const error = Math.min(bad, asked) * slots;
        const made = traffic(fromMs, fromMs + slots * 100, { asked: asked * slots, failed: { error } });
        fromMs += slots * 100;
        return made;
      });
      const end = slices(fromMs, fromMs + 200, 100, (from, to) => traffic(from, to, { asked: 0, ok: 0 }));
      const live = told(play([...stretches, ...end]), 'sli.healthy').filter(([, atMs]) => Number(atMs) <= fromMs);
      const stored = healthSpans(stretches, steadyState.orders, windowOf('orders', steadyState.orders));
      const value = { healthy: true, unhealthy: false, unknown: null };
      expect(live).toEqual(stored.map((span) => [value[span.health], span.fromMs + 100]));
    }),
  );
});

describe('the window for a slow service', () => {
  it('is as wide as twenty requests of half the load need, in whole seconds, up to ten', () => {
    expect([1_000, 40, 39, 5, 1, 0].map(windowMsFor)).toEqual([1_000, 1_000, 2_000, 8_000, 10_000, 10_000]);
  });

  it('holds what one second cannot', () => {
    const slow = { orders: { successRatioMin: 0.99, windowMs: 8_000 } };
    const fold = createSliFold(slow);
    const seen = slices(0, 20_000, 200, (from, to) => traffic(from, to, { asked: 1 })).flatMap((each) =>
      fold.take(each),
    );
    expect(seen.some(({ fact, value }) => fact === 'sli.healthy' && value === true)).toBe(true);
    const narrow = createSliFold({ orders: { successRatioMin: 0.99 } });
    const none = slices(0, 20_000, 200, (from, to) => traffic(from, to, { asked: 1 })).flatMap((each) =>
      narrow.take(each),
    );
    expect(none.some(({ fact, value }) => fact === 'sli.healthy' && value === true)).toBe(false);
  });
});
