/** What the metrics pipeline knows of the pods of one workload: samples taken every 15 s, none for young pods. Apart because its delays, not the algorithm, decide how late a peak is noticed. */
import type { Ms } from '../../../base/clock.ts';
import type { AutoscalerMetric } from '../../../domain/autoscaler.ts';
import type { Pod, TrafficModel } from '../../model.ts';
import type { Sample } from './metric-proposal.ts';

/** Time between two scrapes. 15 s; metrics-server manifests/base (the flag's own default is 60 s) and the usual scrape of business metrics. Longer notices a peak later. */
export const scrapeMs = 15_000;

/** Newest samples of a workload's pods, by uid. Pods of one class share theirs. */
export interface PodMetrics {
  /** Takes samples of these pods now. `unchanged`: they, and the classes that they are in, are as at the last scrape; thousands of them then cost no more than one. */
  scrape(nowMs: Ms, pods: readonly Pod[], unchanged?: boolean): void;
  /** Of the newest scrape. Every business metric is requests served per second. */
  samples(metric: AutoscalerMetric): ReadonlyMap<number, Sample>;
  /** How often who has which sample was told anew. */
  readonly version: number;
}

type SampledTraffic = Pick<TrafficModel, 'cpuCores' | 'servedRps' | 'classOf'>;

/** A sample that many pods share, and one of them. */
interface Shared {
  value: number;
  atMs: Ms;
  readonly windowMs: Ms;
  readonly pod: Pod;
}

/** No samples yet. A pod has one from its second scrape on, so 15 to 30 s after its start; a pod whose machine or process is silent has none. */
export function createPodMetrics(traffic: SampledTraffic): PodMetrics {
  const cpu = new Map<number, Sample>();
  const served = new Map<number, Sample>();
  const cpuByClass = new Map<string | undefined, Shared>();
  const servedByReady = new Map<boolean, Shared>();
  let takers = 0;
  let young = true;
  let version = 0;
  const share = <K>(shared: Map<K, Shared>, key: K, pod: Pod, atMs: Ms): Shared => {
    const known = shared.get(key);
    if (known !== undefined) return known;
    const sample = { value: 0, atMs, windowMs: scrapeMs, pod };
    shared.set(key, sample);
    return sample;
  };
  const assign = (nowMs: Ms, pods: readonly Pod[]) => {
    for (const known of [cpu, served, cpuByClass, servedByReady]) known.clear();
    version++;
    takers = 0;
    young = false;
    for (const pod of pods) {
      if (pod.ready && pod.deletedMs === undefined) takers++;
      if (!hasTwoScrapes(pod, nowMs)) {
        young = true;
        continue;
      }
      cpu.set(pod.uid, share(cpuByClass, traffic.classOf(pod), pod, nowMs));
      served.set(pod.uid, share(servedByReady, pod.ready, pod, nowMs));
    }
  };
  return {
    get version() {
      return version;
    },
    samples: (metric) => (metric.kind === 'per-pod' ? served : cpu),
    scrape: (nowMs, pods, unchanged = false) => {
      if (!unchanged || young) assign(nowMs, pods);
      for (const sample of cpuByClass.values()) {
        sample.value = traffic.cpuCores(sample.pod);
        sample.atMs = nowMs;
      }
      for (const [ready, sample] of servedByReady) {
        const { site, workload } = sample.pod;
        sample.value = ready && takers > 0 ? traffic.servedRps(site, workload) / takers : 0;
        sample.atMs = nowMs;
      }
    },
  };
}

function hasTwoScrapes(pod: Pod, nowMs: Ms): boolean {
  return pod.startedMs !== undefined && pod.startedMs <= nowMs - scrapeMs && pod.truth !== 'silent';
}
