/** Tries of the API prober: their outcomes, their slots, what they say of the API. */
import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../../../../src/platform/kind/observe/probe-outcome.ts';
import { createSlots } from '../../../../src/platform/kind/observe/slots.ts';
import { createWritableFold } from '../../../../src/platform/kind/observe/writable.ts';

describe('the outcome of a try', () => {
  const failed = (connected: boolean, timedOut: boolean) => outcomeOf({ connected, timedOut });
  const answered = (status: number) => outcomeOf({ status, connected: true, timedOut: false });

  test('is refused when the connection failed before the request could be sent', () => {
    expect(failed(false, false)).toBe('refused');
  });

  test('is open after a time-out, a reset, or when etcd did not decide in time', () => {
    expect([failed(false, true), failed(true, false), answered(504)]).toEqual(Array(3).fill('indeterminate'));
  });

  test('is what the answer says', () => {
    expect([200, 201, 403, 500, 503].map(answered)).toEqual(['ok', 'ok', 'error', 'error', 'error']);
  });
});

describe('slots', () => {
  const ok = { outcome: 'ok', latencyMs: 4.4 } as const;
  const bad = { outcome: 'refused', latencyMs: 1 } as const;

  test('wait for the tries that began in them, whatever ends first', () => {
    const slots = createSlots(0);
    const first = slots.begin(10);
    const second = slots.begin(110);
    second(ok);
    expect(slots.take(200, true)).toEqual([]);
    first({ outcome: 'indeterminate', latencyMs: 900 });
    expect(slots.take(300, true).map(({ fromMs, ok, indeterminate }) => [fromMs, ok, indeterminate])).toEqual([
      [0, 0, 1],
      [100, 1, 0],
      [200, 0, 0],
    ]);
  });

  test('of a steady second are one stretch that ends on the second', () => {
    const slots = createSlots(0);
    const told = [];
    for (let atMs = 0; atMs < 2_000; atMs += 100) {
      slots.begin(atMs + 6)(ok);
      told.push(...slots.take(atMs + 100, false));
    }
    expect(told).toEqual([
      { fromMs: 0, toMs: 1_000, asked: 10, ok: 10, failed: {}, indeterminate: 0, inFlight: 0, latency: [[4, 10]] },
      { fromMs: 1_000, toMs: 2_000, asked: 10, ok: 10, failed: {}, indeterminate: 0, inFlight: 0, latency: [[4, 10]] },
    ]);
  });

  test('with a failure stand by themselves, and what came before is told first', () => {
    const slots = createSlots(0);
    slots.begin(6)(ok);
    slots.begin(106)(ok);
    slots.begin(206)(bad);
    expect(slots.take(300, false).map(({ fromMs, toMs, ok, failed }) => [fromMs, toMs, ok, failed])).toEqual([
      [0, 200, 2, {}],
      [200, 300, 0, { refused: 1 }],
    ]);
  });

  test('without a try are told all the same: time has no holes', () => {
    const slots = createSlots(0);
    slots.begin(350)(ok);
    expect(slots.take(400, true).map(({ fromMs, asked }) => [fromMs, asked])).toEqual([
      [0, 0],
      [100, 0],
      [200, 0],
      [300, 1],
    ]);
  });

  test('that are closed carry what has not ended as in flight, so that nothing asked is lost', () => {
    const slots = createSlots(0);
    slots.begin(6)(ok);
    slots.begin(106);
    slots.begin(206)(ok);
    const bodies = slots.close(300);
    expect(bodies.map(({ asked, ok, inFlight }) => [asked, ok, inFlight])).toEqual([
      [1, 1, 0],
      [1, 0, 1],
      [1, 1, 1],
    ]);
  });
});

describe('the API is writable', () => {
  const play = (word: string) => {
    const fold = createWritableFold();
    return [...word].flatMap((letter, i) => {
      const news = fold.take(letter === '+', i * 100);
      return news === undefined ? [] : [`${news.value} ${news.atMs}`];
    });
  };

  test('or not, as the first write says', () => {
    expect(play('+')).toEqual(['true 0']);
    expect(play('-')).toEqual(['false 0']);
  });

  test('no more from the first write that fails', () => {
    expect(play('+++-')).toEqual(['true 0', 'false 300']);
  });

  test('again after ten good writes, since the first of them', () => {
    expect(play('+-+++++++++')).toEqual(['true 0', 'false 100']);
    expect(play('+-++++++++++')).toEqual(['true 0', 'false 100', 'true 200']);
  });

  test('not while one server in three fails', () => {
    expect(play(`+${'-++'.repeat(20)}`)).toEqual(['true 0', 'false 100']);
  });
});
