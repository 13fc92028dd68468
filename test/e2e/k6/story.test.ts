/** What happens to a load while something goes wrong with whom it asks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countOf, union } from '../../../src/base/ranges.ts';
import type { RunEventBody, Traffic } from '../../../src/domain/event.ts';
import type { LoadPlan } from '../../../src/domain/load.ts';
import { createK6Load } from '../../../src/load/k6/k6-load.ts';
import { k6Version } from '../../../src/load/k6/process.ts';
import type { LoadDriver } from '../../../src/load/load-driver.ts';
import { createWallClock } from '../../../src/platform/kind/wall-clock.ts';
import { type Desk, openDesk } from './desk.ts';

const version = await k6Version();
const timeout = 60_000;
const plan: LoadPlan = {
  service: 'orders',
  limitMs: 30_000,
  channels: [
    {
      name: 'shoppers',
      points: [
        [0, 100],
        [30_000, 100],
      ],
      rateRpsBase: 100,
      rateRpsPeak: 100,
    },
  ],
};

describe.skipIf(version === undefined)('a load of k6 (skipped where k6 is not in PATH)', () => {
  const told: { readonly event: RunEventBody; readonly atMs: number; readonly seenMs: number }[] = [];
  let clock: ReturnType<typeof createWallClock>;
  let desk: Desk;
  let load: LoadDriver;

  beforeEach(async () => {
    told.length = 0;
    clock = createWallClock();
    desk = await openDesk();
    const folder = mkdtempSync(join(tmpdir(), 'elevenproof-k6-'));
    load = createK6Load({ entry: () => ({ url: desk.url }), clock, folder, runId: folder, witness: desk.onLine });
    const publish = (event: RunEventBody, atMs: number) => void told.push({ event, atMs, seenMs: clock.now() });
    await load.warmUp(plan, publish, new AbortController().signal);
    await elapse(2_000);
    load.play();
  }, timeout);
  afterEach(async () => {
    await load.stop();
    desk.close();
  });

  const elapse = (ms: number) => new Promise<void>((resolve) => void clock.at(clock.now() + ms, resolve));
  const traffic = () => told.flatMap(({ event }) => (event.type === 'traffic' ? [event] : []));
  const sum = (of: (each: Traffic) => number, list = traffic()) => list.reduce((all, each) => all + of(each), 0);
  const orders = (what: 'acknowledged' | 'indeterminate') =>
    told.flatMap(({ event }) => (event.type === 'data' ? Object.values(event[what]) : [])).reduce(union, []);

  test('the change from warm-up to profile leaves no gap and no double load', { timeout }, async () => {
    const playMs = Math.floor(clock.now() / 100) * 100;
    await elapse(2_000);
    const around = new Map<number, number>();
    for (const { fromMs, asked } of traffic())
      if (Math.abs(fromMs - playMs) <= 500) around.set(fromMs, (around.get(fromMs) ?? 0) + asked);
    const list = [...around.values()];
    expect(list.length).toBeGreaterThanOrEqual(10);
    // A busy machine moves requests from one stretch to the next: within half a second it evens out.
    for (let i = 4; i < list.length; i++) {
      const half = list.slice(i - 4, i + 1).reduce((all, each) => all + each, 0);
      expect(half).toBeGreaterThanOrEqual(25);
      expect(half).toBeLessThanOrEqual(75);
    }
  });

  test('every order has its own number, and is taken if its customer was told so', { timeout }, async () => {
    await elapse(3_000);
    const { reached, text } = await load.stop();
    expect({ reached, text }).toEqual({
      reached: true,
      text: expect.stringMatching(/^k6 asked [\d,]+ of [\d,]+ planned \([\d.]+ %\)$/),
    });
    expect(new Set(desk.orders).size).toBe(desk.orders.length);
    expect(countOf(orders('acknowledged'))).toBe(sum(({ ok }) => ok));
    const known = union(orders('acknowledged'), orders('indeterminate'));
    expect(
      countOf(
        union(
          known,
          desk.orders.map((order) => [order, order + 1]),
        ),
      ),
    ).toBe(countOf(known));
    expect(desk.connections()).toBeGreaterThanOrEqual(desk.orders.length);
  });

  test('it is told within 300 ms as a rule, in order of time', { timeout }, async () => {
    await elapse(3_000);
    const late = told.flatMap(({ event, seenMs }) => (event.type === 'traffic' ? [seenMs - event.toMs] : []));
    late.sort((a, b) => a - b);
    expect(late[Math.floor(late.length / 2)]).toBeLessThanOrEqual(300);
    const times = traffic().map(({ fromMs }) => fromMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('requests that are never answered wait, and time out at the site that the load balancer names', {
    timeout,
  }, async () => {
    await elapse(1_000);
    desk.tookMs = undefined;
    await elapse(3_000);
    const waiting = traffic().filter(({ toMs }) => toMs > clock.now() - 600 && toMs <= clock.now() - 400);
    expect(sum(({ inFlight }) => inFlight, waiting) / 2).toBeGreaterThan(80);
    expect(sum(({ inFlight }) => inFlight, waiting) / 2).toBeLessThan(130);
    desk.tookMs = 20;
    await elapse(2_500);
    expect(await load.stop()).toMatchObject({ reached: true });
    expect(sum(({ indeterminate }) => indeterminate)).toBeGreaterThan(250);
    const at = (site: string) =>
      sum(
        ({ indeterminate }) => indeterminate,
        traffic().filter((each) => each.site === site),
      );
    expect(at('east') + at('west')).toBeGreaterThan(0.5 * at('-'));
    expect(sum(({ asked }) => asked)).toBe(sum((each) => each.ok + each.indeterminate));
  });

  test('refused customers are told as refused, and there was never more than the plan', { timeout }, async () => {
    await elapse(500);
    desk.close();
    await elapse(1_500);
    const { reached, text } = await load.stop();
    expect({ reached, text }).toEqual({ reached: true, text: expect.not.stringContaining('load balancer') });
    expect(sum(({ failed }) => failed.refused ?? 0)).toBeGreaterThan(100);
  });
});

/** A testbed of its own, from what was built: it must be possible to kill it. */
const testbed = (url: string, folder: string) => `
  import { createK6Load } from ${JSON.stringify(new URL('../../../dist/src/load/k6/k6-load.js', import.meta.url).href)};
  import { createWallClock } from ${JSON.stringify(new URL('../../../dist/src/platform/kind/wall-clock.js', import.meta.url).href)};
  const entry = () => ({ url: ${JSON.stringify(url)} });
  const load = createK6Load({ entry, clock: createWallClock(), folder: ${JSON.stringify(folder)}, runId: 'killed' });
  await load.warmUp(${JSON.stringify(plan)}, () => {}, new AbortController().signal);
  load.play();
  setInterval(() => {}, 1_000);
  console.log('playing');
`;

describe.skipIf(version === undefined)('a testbed that is killed (skipped where k6 is not in PATH)', () => {
  test('takes its load with it', { timeout }, async () => {
    const clock = createWallClock();
    const elapse = (ms: number) => new Promise<void>((resolve) => void clock.at(clock.now() + ms, resolve));
    const desk = await openDesk();
    const folder = mkdtempSync(join(tmpdir(), 'elevenproof-k6-'));
    const child = spawn(process.execPath, ['--input-type=module', '-e', testbed(desk.url, folder)]);
    await once(child.stdout, 'data');
    await elapse(1_000);
    child.kill('SIGKILL');
    await elapse(1_000);
    const taken = desk.orders.length;
    expect(taken).toBeGreaterThan(50);
    await elapse(2_000);
    expect(desk.orders.length).toBe(taken);
    desk.close();
  });
});
