import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../src/base/random.ts';
import { afterWait, latencySlots, logNormalOf, quantiles } from '../../../../src/sim/models/traffic/latency.ts';
import { stepQueue, waitProbability } from '../../../../src/sim/models/traffic/waiting.ts';

/** Reads a percentile as a reader of (ms, count) pairs does. */
function read(values: ArrayLike<number>, ratio: number): number {
  let seen = 0;
  for (let i = 0; i < values.length; i++) {
    seen += latencySlots.mass[i]!;
    if (seen >= ratio - 1e-12) return values[i]!;
  }
  return values[values.length - 1]!;
}

const queue = (given: object) => ({
  arrivalRps: 80,
  capacityRps: 100,
  servers: 1,
  arrivalCv2: 1,
  serviceCv2: 1,
  holdMs: 10,
  queueMax: 1000,
  seconds: 0.1,
  ...given,
});

/** 99th percentile and median of a simulated queue with `servers` servers, Poisson arrivals and log-normal service. */
function simulated(servers: number, utilisation: number, p50Ms: number, p99Ms: number) {
  const random = createRandom('5');
  const meanMs = logNormalOf(p50Ms, p99Ms).meanMs;
  const free = Array.from({ length: servers }, () => 0);
  const sigma = Math.log(p99Ms / p50Ms) / 2.3263;
  const responses: number[] = [];
  let now = 0;
  for (let i = 0; i < 120_000; i++) {
    now -= (Math.log(1 - random.unit()) * meanMs) / (servers * utilisation);
    const first = free.indexOf(Math.min(...free));
    const start = Math.max(now, free[first]!);
    free[first] = start + p50Ms * Math.exp(sigma * random.normal());
    responses.push(free[first]! - now);
  }
  responses.sort((a, b) => a - b);
  const at = (ratio: number) => responses[Math.floor(ratio * responses.length)]!;
  return { p50: at(0.5), p99: at(0.99) };
}

function modelled(servers: number, utilisation: number, p50Ms: number, p99Ms: number) {
  const own = logNormalOf(p50Ms, p99Ms);
  const capacityRps = (servers * 1000) / own.meanMs;
  const serviceCv2 = own.varianceMs2 / (own.meanMs * own.meanMs);
  const step = stepQueue(
    0,
    queue({ arrivalRps: utilisation * capacityRps, capacityRps, servers, serviceCv2, holdMs: own.meanMs }),
  );
  const values = quantiles(afterWait(own, 0, step.waitRatio, step.waitMs));
  return { p50: read(values, 0.5), p99: read(values, 0.99) };
}

describe('waiting', () => {
  it("is Erlang's C for few servers and near it for many", () => {
    expect(waitProbability(1, 0.7)).toBeCloseTo(0.7, 12);
    expect(waitProbability(2, 0.75)).toBeCloseTo(0.642857, 5);
    expect(waitProbability(10, 0.8)).toBeCloseTo(0.40918, 5);
    expect(Math.abs(waitProbability(65, 0.95) / waitProbability(64, 0.95) - 1)).toBeLessThan(0.12);
  });

  it('has the mean and the 99th percentile of the M/M/c formula', () => {
    for (const [servers, utilisation] of [
      [1, 0.5],
      [1, 0.9],
      [4, 0.8],
      [10, 0.9],
    ] as const) {
      const step = stepQueue(0, queue({ servers, arrivalRps: utilisation * 100, holdMs: servers * 10 }));
      const c = waitProbability(servers, utilisation);
      const drainMs = 10 / (1 - utilisation);
      expect(step.waitRatio * step.waitMs).toBeCloseTo(c * drainMs, 6);
      if (c <= 0.05) continue;
      const exact = drainMs * Math.log(c / 0.01);
      const waits = quantiles(afterWait({ weight: 1, meanMs: 0.01, varianceMs2: 0 }, 0, step.waitRatio, step.waitMs));
      expect(Math.abs(read(waits, 0.99) / exact - 1)).toBeLessThan(0.1);
    }
  });

  it('gives response times within 10 % of a simulated queue, median and 99th percentile', () => {
    for (const [servers, utilisation] of [
      [1, 0.6],
      [4, 0.7],
      [10, 0.85],
      [10, 0.3],
    ] as const) {
      const exact = simulated(servers, utilisation, 20, 80);
      const ours = modelled(servers, utilisation, 20, 80);
      expect(Math.abs(ours.p99 / exact.p99 - 1), `p99 of ${servers} at ${utilisation}`).toBeLessThan(0.1);
      expect(Math.abs(ours.p50 / exact.p50 - 1), `p50 of ${servers} at ${utilisation}`).toBeLessThan(0.1);
    }
  });

  it('keeps what exceeds capacity as backlog and sheds what exceeds the waiting room', () => {
    const first = stepQueue(0, queue({ arrivalRps: 1100, seconds: 1 }));
    expect(first).toMatchObject({ backlog: 1000, startedRps: 100, shedRatio: 0 });
    const second = stepQueue(first.backlog, queue({ arrivalRps: 300, seconds: 1 }));
    expect(second.backlog).toBe(1000);
    expect(second.shedRatio).toBeCloseTo(200 / 300, 12);
    expect(second.backlogMs).toBe(10_000);
  });

  it('starts nothing without capacity, and fills the waiting room first', () => {
    expect(stepQueue(0, queue({ capacityRps: 0, queueMax: 3, seconds: 0.1 }))).toMatchObject({
      backlog: 3,
      startedRps: 0,
      shedRatio: 5 / 8,
    });
  });
});
