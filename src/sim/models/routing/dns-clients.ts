/** Customers who find a site by DNS and keep the answer for a while. Apart because the drain of a site after its answer changed follows from the caches alone. */
import type { Ms } from '../../../base/clock.ts';
import type { GlobalLoadBalancer } from '../../../domain/between-sites.ts';

/** Share of customers per site, in the order of the topology. */
export type Shares = readonly number[];

/** Customers behind DNS. */
export interface DnsClients {
  /** The authoritative answer is this from now on. */
  answer(shares: Shares, atMs: Ms): void;
  /** Where customers go now. */
  shares(atMs: Ms): Shares;
}

/**
 * Each client asks again once per life time of its cache, at a moment uniform over it; so what a group uses is the mean of the answers over the last life time. Clients that ignore the TTL keep the first answer.
 * Connections that outlive their answer are not modelled: real drains are a little slower.
 */
export function createDnsClients(first: Shares, dns: NonNullable<GlobalLoadBalancer['dns']>): DnsClients {
  const ttlMs = Math.max(1, dns.ttlSeconds * 1000);
  const clampMs = Math.max(ttlMs, dns.clampSeconds * 1000);
  const given = dns.honourRatio + dns.clampRatio + dns.ignoreRatio;
  const scale = given > 0 ? 1 / given : 0;
  const honour = given > 0 ? dns.honourRatio * scale : 1;
  let answers: { shares: Shares; sinceMs: Ms }[] = [{ shares: first, sinceMs: Number.NEGATIVE_INFINITY }];
  const meanOver = (windowMs: number, atMs: Ms): number[] => {
    const out = first.map(() => 0);
    let untilMs = atMs;
    for (let i = answers.length - 1; i >= 0 && untilMs > atMs - windowMs; i--) {
      const fromMs = Math.max(answers[i]!.sinceMs, atMs - windowMs);
      for (let k = 0; k < out.length; k++) out[k] = out[k]! + (answers[i]!.shares[k]! * (untilMs - fromMs)) / windowMs;
      untilMs = fromMs;
    }
    return out;
  };
  return {
    answer: (shares, atMs) => {
      const needed = answers.findIndex(
        (_, i) => (answers[i + 1]?.sinceMs ?? Number.POSITIVE_INFINITY) > atMs - clampMs,
      );
      answers = [...answers.slice(Math.max(0, needed)), { shares, sinceMs: atMs }];
    },
    shares: (atMs) => {
      const last = answers.at(-1)!;
      const honouring = meanOver(ttlMs, atMs);
      const clamping = atMs - last.sinceMs >= clampMs ? last.shares : meanOver(clampMs, atMs);
      return first.map(
        (stuck, k) => honour * honouring[k]! + dns.clampRatio * scale * clamping[k]! + dns.ignoreRatio * scale * stuck,
      );
    },
  };
}
