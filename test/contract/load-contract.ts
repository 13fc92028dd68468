/** The contract of the load port, as one suite that every adapter must pass: one load from warm-up to its end. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import type { RunEventBody, Traffic } from '../../src/domain/event.ts';
import type { LoadPlan } from '../../src/domain/load.ts';
import type { LoadDriver } from '../../src/load/load-driver.ts';

/** What an adapter brings to the suite: a driver before a platform that stands, and the platform's clock. */
export interface LoadRig {
  /** `simulated`. */
  readonly name: string;
  make(): Promise<{ readonly load: LoadDriver; readonly clock: Clock; end(): Promise<void> }>;
  /** Service that takes the requests of customers. */
  readonly service: string;
  /** Rates that the platform carries with ease, requests per second. */
  readonly rateRpsBase: number;
  readonly rateRpsPeak: number;
  /** How long any one test may take, ms of wall time. */
  readonly limitMs: number;
}

/** Runs the suite on this adapter. */
export function loadContract(rig: LoadRig): void {
  const { service, rateRpsBase, rateRpsPeak, limitMs: timeout } = rig;
  const never = new AbortController().signal;
  const points = [
    [0, rateRpsBase],
    [10_000, rateRpsPeak],
    [30_000, rateRpsPeak],
    [31_000, rateRpsBase],
    [60_000, rateRpsBase],
  ] as const;
  const plan: LoadPlan = {
    service,
    channels: [{ name: 'shoppers', points, rateRpsBase, rateRpsPeak }],
    limitMs: 60_000,
  };
  const told: RunEventBody[] = [];
  let load: LoadDriver;
  let clock: Clock;
  let end = async () => {};

  const elapse = (ms: number) => new Promise<void>((resolve) => void clock.at(clock.now() + ms, resolve));
  const traffic = () => told.filter((event): event is Traffic => event.type === 'traffic');
  const rateBetween = (fromMs: number, toMs: number) => {
    const within = traffic().filter((event) => event.fromMs >= fromMs && event.toMs <= toMs);
    return (within.reduce((sum, event) => sum + event.asked, 0) * 1000) / (toMs - fromMs);
  };
  const factsOf = (name: string) =>
    told.flatMap((event) => (event.type === 'fact' && event.fact === name ? [event.value] : []));

  describe(`the load driver ${rig.name}`, () => {
    beforeAll(async () => {
      ({ load, clock, end } = await rig.make());
      return () => end();
    }, timeout);

    test('warms up at the base rate, before the profile has started', { timeout }, async () => {
      await load.warmUp(plan, (event) => void told.push(event), never);
      await elapse(2_000);
      const fromMs = clock.now();
      await elapse(20_000);
      const rps = rateBetween(fromMs, clock.now());
      expect(rps).toBeGreaterThan(0.9 * rateRpsBase);
      expect(rps).toBeLessThan(1.1 * rateRpsBase);
      expect(factsOf('load.started')).toEqual([false]);
      expect(factsOf('load.peaked')).not.toContain(true);
    });

    test('plays the profile: says that it started, when it has peaked, and when it has fallen', {
      timeout,
    }, async () => {
      const startMs = clock.now();
      load.play();
      await elapse(35_000);
      const rps = rateBetween(startMs + 12_000, startMs + 28_000);
      expect(rps).toBeGreaterThan(0.9 * rateRpsPeak);
      expect(rps).toBeLessThan(1.1 * rateRpsPeak);
      expect(factsOf('load.started')).toEqual([false, true]);
      expect(factsOf('load.peaked').at(-1)).toBe(true);
      expect(factsOf('load.fell').at(-1)).toBe(true);
    });

    test('accounts for every request: asked + in flight before = ok + failed + indeterminate + in flight after', () => {
      const inFlight = new Map<string, number>();
      for (const event of traffic()) {
        const key = `${event.site}|${event.channel}`;
        const failed = Object.values(event.failed).reduce((a, b) => a + b, 0);
        expect(event.asked + (inFlight.get(key) ?? 0)).toBe(event.ok + failed + event.indeterminate + event.inFlight);
        expect(event.latency.reduce((sum, [, count]) => sum + count, 0)).toBe(event.ok);
        inFlight.set(key, event.inFlight);
      }
      expect(traffic().length).toBeGreaterThan(0);
    });

    test('tells of the service and the channels of the plan alone', () => {
      expect([...new Set(traffic().map((event) => event.service))]).toEqual([service]);
      expect([...new Set(traffic().map((event) => event.channel))]).toEqual(['shoppers']);
    });

    test('ends when told: says whether the rate was reached, and asks no more', { timeout }, async () => {
      expect(await load.stop()).toMatchObject({ reached: true });
      const count = told.length;
      await elapse(5_000);
      expect(told.length).toBe(count);
    });
  });
}
