import { describe, expect, it } from 'vitest';
import { createDnsClients } from '../../../../src/sim/models/routing/dns-clients.ts';

const dns = { ttlSeconds: 30, honourRatio: 0.8, clampRatio: 0.15, ignoreRatio: 0.05, clampSeconds: 300 };

describe('clients behind DNS', () => {
  it('leave a site evenly over the TTL, later where they clamp it, and never where they ignore it', () => {
    const clients = createDnsClients([1, 0], dns);
    clients.answer([0, 1], 10_000);
    const old = (atMs: number) => clients.shares(atMs)[0]!;
    expect(old(10_000)).toBeCloseTo(1, 12);
    expect(old(25_000)).toBeCloseTo(0.8 * 0.5 + 0.15 * 0.95 + 0.05, 12);
    expect(old(40_000)).toBeCloseTo(0.15 * 0.9 + 0.05, 12);
    expect(old(310_000)).toBeCloseTo(0.05, 12);
    expect(old(9_000_000)).toBeCloseTo(0.05, 12);
  });

  it('come back in the same way when the answer flips during a drain', () => {
    const clients = createDnsClients([1, 0], { ...dns, honourRatio: 1, clampRatio: 0, ignoreRatio: 0 });
    clients.answer([0, 1], 0);
    clients.answer([1, 0], 15_000);
    expect(clients.shares(15_000)[0]).toBeCloseTo(0.5, 12);
    expect(clients.shares(30_000)[0]).toBeCloseTo(0.5, 12);
    expect(clients.shares(45_000)[0]).toBeCloseTo(1, 12);
    const [a, b] = clients.shares(20_000);
    expect(a! + b!).toBeCloseTo(1, 12);
  });
});
