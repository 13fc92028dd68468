/** Which pod a caller takes, where the policy wants more than an even spread. Apart because each rule is a few lines of arithmetic. */
import type { Peers } from './peers.ts';

/** Where a try goes, and what is to be told when it is over. */
export interface Choice {
  readonly host: string;
  readonly port: number;
  done(tookMs: number): void;
}

/** A balance. */
export interface Balance {
  choose(): Choice;
}

interface Seen {
  open: number;
  meanMs: number;
}

/** Share of a new sample in the moving mean of response times. */
const newShare = 0.1;

/** A balance by rule; `outside` is the Service itself, for rules that leave the choice to the cluster. */
export function createBalance(
  rule: string,
  outside: { readonly host: string; readonly port: number },
  podPort: number,
  peers: Peers | undefined,
): Balance {
  const seen = new Map<string, Seen>();
  const plain: Choice = { ...outside, done: () => {} };
  const of = (host: string): Seen => {
    const found = seen.get(host) ?? { open: 0, meanMs: 0 };
    seen.set(host, found);
    return found;
  };
  return {
    choose: () => {
      const hosts = peers?.addresses() ?? [];
      if (hosts.length === 0) return plain;
      const host = rule === 'least-requests' ? leastOpen(hosts, of) : fastest(hosts, of);
      const pod = of(host);
      pod.open++;
      return {
        host,
        port: podPort,
        done: (tookMs) => {
          pod.open--;
          pod.meanMs = pod.meanMs === 0 ? tookMs : pod.meanMs + newShare * (tookMs - pod.meanMs);
        },
      };
    },
  };
}

function leastOpen(hosts: readonly string[], of: (host: string) => Seen): string {
  const fewest = Math.min(...hosts.map((host) => of(host).open));
  const best = hosts.filter((host) => of(host).open === fewest);
  return best[Math.floor(Math.random() * best.length)]!;
}

/** By chance, weighted with the inverse of the response time; a pod not seen yet counts as the fastest. */
function fastest(hosts: readonly string[], of: (host: string) => Seen): string {
  const known = hosts.map((host) => of(host).meanMs).filter((ms) => ms > 0);
  const best = known.length === 0 ? 1 : Math.min(...known);
  const weights = hosts.map((host) => 1 / (of(host).meanMs || best));
  let at = Math.random() * weights.reduce((a, b) => a + b, 0);
  for (let i = 0; i < hosts.length; i++) {
    at -= weights[i]!;
    if (at < 0) return hosts[i]!;
  }
  return hosts.at(-1)!;
}
