/** Times that hang on the machine that clusters run on, and not on Kubernetes: the part of the constants that a calibration replaces. Apart because every other constant holds on any machine. */
import type { HostTerms } from '../domain/calibration.ts';

/** A drawn time: median and 95th percentile, ms. */
interface Drawn {
  readonly p50: number;
  readonly p95: number;
}

/** Times of one host, ms. */
export interface HostTimes {
  /** Sync and creation of a container in its sandbox; with the relist 1 to 3 s in all. Longer: slower restarts of static pods and of pods' containers. */
  readonly containerStartMs: Drawn;
  /** Sandbox and container of a pod whose image is present. Too long delays every replacement. */
  readonly podStartMs: Drawn;
  /** One fsync of a healthy disk. Longer: every write to etcd is slower. */
  readonly fsyncMs: number;
}

/** An idle kind host; fsync: a typical healthy disk (p50 1 ms, p99 below 10 ms in etcd's op-guide). */
export const idleHost: HostTimes = {
  containerStartMs: { p50: 800, p95: 1_800 },
  podStartMs: { p50: 1_500, p95: 3_000 },
  fsyncMs: 1,
};

/** From here on a disk counts as stalled, ms; etcd's guidance is p99 below 10 ms. Higher: mild stalls stay unseen. */
export const stalledFsyncMs = 10;

/** A measured host; what was not measured is as on an idle one. A disk that is slow all the time counts as the slowest healthy one, because etcd on it works, if slowly. */
export function hostTimesOf(terms: HostTerms | undefined): HostTimes {
  return {
    containerStartMs: terms?.containerStart ?? idleHost.containerStartMs,
    podStartMs: terms?.podStart ?? idleHost.podStartMs,
    fsyncMs: Math.min(terms?.fsync?.p50 ?? idleHost.fsyncMs, stalledFsyncMs),
  };
}
