/** The ready pods behind a Service, as its headless companion names them. Apart because only callers that choose pods themselves, and limits that pods share, need to know. */
import { lookup } from 'node:dns/promises';

/** Pods behind a Service. */
export interface Peers {
  /** Addresses, newest known; empty before the first answer or when there is no companion. */
  addresses(): readonly string[];
}

/** How often the name is asked for, ms. */
const askMs = 1_000;

/** Asks from now on, until the process ends. */
export function createPeers(service: string): Peers {
  let known: readonly string[] = [];
  const ask = async () => {
    try {
      const found = await lookup(`${service}-pods`, { all: true, family: 4 });
      known = found.map(({ address }) => address).sort();
    } catch {
      // Nobody ready, or DNS is away: the newest answer stays.
    }
  };
  void ask();
  setInterval(ask, askMs).unref();
  return { addresses: () => known };
}
