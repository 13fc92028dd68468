/** What the metrics pipeline knows of the pods of one workload: samples taken every 15 s, none for young pods. Apart because its delays, not the algorithm, decide how late a peak is noticed. */
import type { Ms } from '../../../base/clock.ts';
import type { AutoscalerMetric } from '../../../domain/autoscaler.ts';
import type { Pod, TrafficModel } from '../../model.ts';
import type { Sample } from './metric-proposal.ts';

/** Time between two scrapes. 15 s; metrics-server manifests/base (the flag's own default is 60 s) and the usual scrape of business metrics. Longer notices a peak later. */
export const scrapeMs = 15_000;

/** Newest samples of a workload's pods, by uid. */
export interface PodMetrics {
  /** Takes samples of these pods now. */
  scrape(nowMs: Ms, pods: readonly Pod[]): void;
  /** Of the newest scrape. Every business metric is requests served per second. */
  samples(metric: AutoscalerMetric): ReadonlyMap<number, Sample>;
}

/** No samples yet. A pod has one from its second scrape on, so 15 to 30 s after its start; a pod whose machine or process is silent has none. */
export function createPodMetrics(traffic: Pick<TrafficModel, 'cpuCores' | 'servedRps'>): PodMetrics {
  const cpu = new Map<number, Sample>();
  const served = new Map<number, Sample>();
  return {
    samples: (metric) => (metric.kind === 'per-pod' ? served : cpu),
    scrape: (nowMs, pods) => {
      cpu.clear();
      served.clear();
      const first = pods[0];
      if (first === undefined) return;
      const takers = pods.filter((pod) => pod.ready && pod.deletedMs === undefined).length;
      const each = takers === 0 ? 0 : traffic.servedRps(first.site, first.workload) / takers;
      for (const pod of pods) {
        if (!hasTwoScrapes(pod, nowMs)) continue;
        cpu.set(pod.uid, { value: traffic.cpuCores(pod), atMs: nowMs, windowMs: scrapeMs });
        served.set(pod.uid, { value: pod.ready ? each : 0, atMs: nowMs, windowMs: scrapeMs });
      }
    },
  };
}

function hasTwoScrapes(pod: Pod, nowMs: Ms): boolean {
  return pod.startedMs !== undefined && pod.startedMs <= nowMs - scrapeMs && pod.truth !== 'silent';
}
