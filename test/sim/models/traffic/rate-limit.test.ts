import { describe, expect, it } from 'vitest';
import { createRateLimit } from '../../../../src/sim/models/traffic/rate-limit.ts';
import { policy } from './world.ts';

describe('a rate limit', () => {
  it('admits its rate for ever and one second of it as burst', () => {
    const limit = createRateLimit(policy({ rateLimitRps: { partner: 200 } }), 'partner')!;
    let passed = 0;
    for (let i = 0; i < 100; i++) passed += limit.admit(2_000, 0.1);
    expect(passed).toBe(200 * 10 + 200);
  });

  it('holds for a named channel, for any other under *, and for nobody else', () => {
    const limits = policy({ rateLimitRps: { partner: 0, '*': 10 } });
    expect(createRateLimit(limits, 'partner')!.admit(5, 1)).toBe(0);
    expect(createRateLimit(limits, 'app')!.admit(50, 1)).toBe(20);
    expect(createRateLimit(policy(), 'app')).toBeUndefined();
    expect(createRateLimit(limits, 'constructor')!.admit(50, 1)).toBe(20);
  });

  it('takes a negative limit for none at all', () => {
    expect(createRateLimit(policy({ rateLimitRps: { '*': -5 } }), 'app')!.admit(5, 1)).toBe(0);
  });
});
