/** Token buckets per channel: a site admits so many requests of a channel per second, each of its pods an equal share. */

/** A limit. */
export interface RateLimit {
  /** Takes a token of the channel. */
  admits(channel: string): boolean;
}

/** Tokens a bucket may save up, as seconds of its rate. */
const burstSeconds = 1;

/** Limits by channel (`*` is any other) of a whole site; `pods`: how many share them now. */
export function createRateLimit(
  rateRps: Readonly<Record<string, number>>,
  pods: () => number,
  nowMs: () => number = () => performance.now(),
): RateLimit {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return {
    admits: (channel) => {
      const name = Object.hasOwn(rateRps, channel) ? channel : '*';
      const rps = rateRps[name];
      if (rps === undefined) return true;
      const share = rps / Math.max(1, pods());
      const room = Math.max(share > 0 ? 1 : 0, share * burstSeconds);
      const bucket = buckets.get(name) ?? { tokens: room, atMs: nowMs() };
      bucket.tokens = Math.min(room, bucket.tokens + ((nowMs() - bucket.atMs) / 1000) * share);
      bucket.atMs = nowMs();
      buckets.set(name, bucket);
      if (bucket.tokens < 1) return false;
      bucket.tokens--;
      return true;
    },
  };
}
