import { describe, expect, it } from 'vitest';
import { createCircuitBreaker } from '../../../../src/sim/models/traffic/circuit-breaker.ts';

const policy = { errorRatioMin: 0.5, volumeMin: 20, windowMs: 10_000, sleepMs: 5_000 };

describe('a circuit breaker', () => {
  it('stays closed below its volume, however bad the calls are', () => {
    const breaker = createCircuitBreaker(policy);
    breaker.record(19, 19, 100, () => true);
    expect(breaker.state()).toBe('closed');
  });

  it('opens at its error share, lets nothing through, tries once after its sleep, and closes on success', () => {
    const breaker = createCircuitBreaker(policy);
    breaker.record(40, 19, 100, () => true);
    expect(breaker.state()).toBe('closed');
    breaker.record(10, 6, 200, () => true);
    expect(breaker.state()).toBe('open');
    expect(breaker.allow(50, 5_199)).toBe(0);
    expect(breaker.allow(50, 5_200)).toBe(1);
    expect(breaker.state()).toBe('half-open');
    breaker.record(1, 0, 5_300, () => true);
    expect(breaker.state()).toBe('closed');
    expect(breaker.allow(50, 5_300)).toBe(50);
  });

  it('opens again when the trial fails', () => {
    const breaker = createCircuitBreaker(policy);
    breaker.record(20, 20, 0, () => true);
    breaker.allow(1, 5_000);
    breaker.record(1, 1, 5_100, () => false);
    expect(breaker.state()).toBe('open');
    expect(breaker.allow(9, 10_000)).toBe(0);
    expect(breaker.allow(9, 10_100)).toBe(1);
  });

  it('is half-open for as long as its one trial takes, and lets nothing else through meanwhile', () => {
    const breaker = createCircuitBreaker(policy);
    breaker.record(20, 20, 0, () => true);
    expect(breaker.allow(9, 5_000)).toBe(1);
    breaker.record(1, 1, 5_100, () => false, 350);
    expect(breaker.state()).toBe('half-open');
    expect(breaker.allow(9, 5_100)).toBe(0);
    breaker.record(0, 0, 5_300, () => true, 20);
    expect(breaker.state()).toBe('half-open');
    breaker.record(0, 0, 5_400, () => true, 20);
    expect(breaker.state()).toBe('open');
  });

  it('forgets what left its window', () => {
    const breaker = createCircuitBreaker(policy);
    breaker.record(19, 19, 500, () => true);
    breaker.record(10, 1, 11_500, () => true);
    breaker.record(11, 1, 11_600, () => true);
    expect(breaker.state()).toBe('closed');
  });
});
