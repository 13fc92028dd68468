import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integral, levelAt, planLoad } from '../../src/domain/load-plan.ts';
import { channels, constant, doubleEleven, telecom517 } from '../../src/domain/profiles.ts';

const options = { service: 'orders', scale: 1, limitMs: 600_000 };
const night = doubleEleven({ rateRpsBase: 100, rateRpsPeak: 1_000, window: ['23:55', '00:05'] });

describe('planning a load', () => {
  it('gives rates on the clock and the base rate after the limit', () => {
    const plan = planLoad(night, { ...options, limitMs: 400_000 });
    const { points } = plan.channels[0]!;
    expect(points[0]![0]).toBe(0);
    expect(levelAt(points, 300_000)).toBe(1_000);
    expect(levelAt(points, 299_500)).toBeGreaterThan(500);
    expect(levelAt(points, 399_999)).toBeGreaterThan(800);
    expect(levelAt(points, 400_000)).toBe(100);
    expect(levelAt(points, 9e9)).toBe(100);
  });

  it('cuts before the peak when the limit is earlier, and says so in the highest rate', () => {
    expect(planLoad(night, { ...options, limitMs: 200_000 }).channels[0]!.rateRpsPeak).toBeLessThan(200);
  });

  it('a new peak moves every peak in proportion and leaves the base, and scale multiplies all', () => {
    const load = channels({ shoppers: night, partner: telecom517({ rateRpsBase: 2 }) });
    const plan = planLoad(load, { ...options, peakRps: 583_000, scale: 0.5 });
    expect(plan.channels.map((channel) => channel.rateRpsBase)).toEqual([50, 1]);
    expect(plan.channels[0]!.rateRpsPeak).toBeCloseTo(291_500, 6);
    expect(plan.channels[1]!.rateRpsPeak).toBeCloseTo(252 * 583 * 0.5, 6);
  });

  it('a constant channel has one rate, which follows a new peak', () => {
    const load = channels({ shoppers: night, jobs: constant({ rateRps: 10 }) });
    const jobs = planLoad(load, { ...options, peakRps: 4_000 }).channels[1]!;
    expect(jobs).toMatchObject({ rateRpsBase: 40, rateRpsPeak: 40 });
    expect(planLoad(constant({ rateRps: 100 }), { ...options, peakRps: 583_000 }).channels[0]).toMatchObject({
      rateRpsBase: 583_000,
      rateRpsPeak: 583_000,
    });
  });

  it('a rate of zero stays zero whatever the peak', () => {
    expect(planLoad(constant({ rateRps: 0 }), { ...options, peakRps: 5 }).channels[0]!.points).toEqual([
      [0, 0],
      [600_000, 0],
    ]);
  });

  it('refuses options that are not positive', () => {
    expect(() => planLoad(night, { service: 'orders', scale: 0, peakRps: -1, limitMs: 0 })).toThrow(
      /scale[\s\S]*peakRps[\s\S]*limitMs/,
    );
  });

  it('the integral of a step and a ramp is exact', () => {
    const points = [
      [0, 10],
      [1_000, 10],
      [1_000, 30],
      [3_000, 10],
    ] as const;
    expect(integral(points, 0, 1_000)).toBe(10);
    expect(integral(points, 500, 2_000)).toBe(5 + 25);
    expect(integral(points, 1_000, 4_000)).toBe(40 + 10);
    expect(integral(points, 2_000, 2_000)).toBe(0);
  });

  it('integrals over neighbouring stretches add up', () => {
    const { points } = planLoad(night, options).channels[0]!;
    const ms = fc.integer({ min: 0, max: 700_000 });
    fc.assert(
      fc.property(ms, ms, ms, (a, b, c) => {
        const [x, y, z] = [a, b, c].sort((p, q) => p - q) as [number, number, number];
        expect(integral(points, x, y) + integral(points, y, z)).toBeCloseTo(integral(points, x, z), 6);
      }),
    );
  });
});
