/** The pods of one workload as a pass of its autoscaler sees them: alike ones together, listed anew only when something about them changed. Apart because a day has thousands of passes over thousands of pods, and hardly any of them differ. */
import type { Ms } from '../../../base/clock.ts';
import type { AutoscalerMetric } from '../../../domain/autoscaler.ts';
import type { Pod } from '../../model.ts';
import { cpuInitialisationMs, type Sample, type ScaledPod, wasReady } from './metric-proposal.ts';
import type { PodMetrics } from './pod-metrics.ts';

/** Remembers pods between passes. */
export interface KnownPods {
  /** Something about this pod changed. */
  changed(pod: Pod, nowMs: Ms): void;
  /** `pods`: all that exist now. */
  list(nowMs: Ms, pods: readonly Pod[]): readonly ScaledPod[];
}

/** No pods yet. `read`: metrics whose samples tell pods apart. */
export function createKnownPods(metrics: PodMetrics, read: readonly AutoscalerMetric[]): KnownPods {
  /** Last change of the Ready condition, by pod uid; absent: since its creation. */
  const readyChanged = new Map<number, { readonly ready: boolean; readonly atMs: Ms }>();
  let known: { readonly version: number; readonly list: readonly ScaledPod[] } | undefined;
  const scaled = (pod: Pod): ScaledPod => ({
    uid: pod.uid,
    gone: pod.deletedMs !== undefined || pod.phase === 'Failed',
    pending: pod.phase === 'Pending',
    ready: pod.ready,
    startedMs: pod.acceptedMs ?? pod.createdMs,
    readyChangedMs: (pod.ready ? pod.readySinceMs : undefined) ?? readyChanged.get(pod.uid)?.atMs ?? pod.createdMs,
  });
  return {
    changed: (pod, nowMs) => {
      known = undefined;
      if (pod.deletedMs !== undefined) readyChanged.delete(pod.uid);
      else if ((readyChanged.get(pod.uid)?.ready ?? false) !== pod.ready)
        readyChanged.set(pod.uid, { ready: pod.ready, atMs: nowMs });
    },
    list: (nowMs, pods) => {
      const { version } = metrics;
      if (known?.version === version) return known.list;
      const samples = read.map((metric) => metrics.samples(metric));
      const { old, young } = groupAlike(pods.map(scaled), samples, nowMs);
      const list = [...old, ...young];
      // While a pod is young, time alone changes how it counts.
      known = young.length === 0 ? { version, list } : undefined;
      return list;
    },
  };
}

/** Pods that are past their initialisation and alike as one, the others each by itself. */
function groupAlike(pods: readonly ScaledPod[], samples: readonly ReadonlyMap<number, Sample>[], nowMs: Ms) {
  const young: ScaledPod[] = [];
  const old: (ScaledPod & { alike: number; readonly samples: readonly (Sample | undefined)[] })[] = [];
  for (const pod of pods) {
    if (pod.startedMs + cpuInitialisationMs > nowMs) {
      young.push(pod);
      continue;
    }
    const own = samples.map((of) => of.get(pod.uid));
    const like = old.find((each) => isAlike(each, pod) && each.samples.every((sample, i) => sample === own[i]));
    if (like === undefined) old.push({ ...pod, alike: 1, samples: own });
    else like.alike++;
  }
  return { old, young };
}

/** Whether a pass treats two pods that are both past their initialisation alike, now and later. */
function isAlike(a: ScaledPod, b: ScaledPod): boolean {
  return a.gone === b.gone && a.pending === b.pending && a.ready === b.ready && wasReady(a) === wasReady(b);
}
