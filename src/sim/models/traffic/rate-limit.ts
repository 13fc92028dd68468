/** Token buckets that admit each channel of a service up to its rate. Apart because limits are kept per channel and site, before anything is shared. */
import type { CallPolicy } from '../../../domain/topology.ts';

/** Tokens a bucket may save up, as seconds of its rate. One second is what common gateways allow as burst; more lets a longer peak through at once. */
const burstSeconds = 1;

/** Admits requests of one channel. */
export interface RateLimit {
  /** How many of `asked` (an integer) pass in a bucket of `seconds`. */
  admit(asked: number, seconds: number): number;
}

/** The limit of a channel at a service; undefined when there is none. A limit of 0 or less admits nobody. */
export function createRateLimit(policy: CallPolicy, channel: string): RateLimit | undefined {
  const rateRps = Object.hasOwn(policy.rateLimitRps, channel) ? policy.rateLimitRps[channel] : policy.rateLimitRps['*'];
  if (rateRps === undefined) return undefined;
  const rate = Math.max(0, rateRps);
  let tokens = rate * burstSeconds;
  return {
    admit: (asked, seconds) => {
      const available = tokens + rate * seconds;
      const passed = Math.min(asked, Math.floor(available + 1e-9));
      tokens = Math.min(available - passed, rate * burstSeconds);
      return passed;
    },
  };
}
