/** How many replicas one metric asks for: usage over target, averaged again when pods are unready or have no sample. Pure. */
import type { Ms } from '../../../base/clock.ts';
import type { AutoscalerMetric } from '../../../domain/autoscaler.ts';

/** A pod as the controller sees it. */
export interface ScaledPod {
  readonly uid: number;
  /** Terminating or failed: ignored. */
  readonly gone: boolean;
  readonly pending: boolean;
  readonly ready: boolean;
  /** When its kubelet took it on; a restart of its container changes nothing. */
  readonly startedMs: Ms;
  /** Last change of the Ready condition. */
  readonly readyChangedMs: Ms;
  /** How many pods it stands for, alike in all of this and in their samples; 1 by default. */
  readonly alike?: number;
}

/** One pod's newest sample. CPU in cores, other metrics in their own unit. */
export interface Sample {
  readonly value: number;
  readonly atMs: Ms;
  /** Length of the time over which the value is the mean. */
  readonly windowMs: Ms;
}

/** A metric with its samples by pod uid. */
export interface Reading {
  readonly metric: AutoscalerMetric;
  readonly samples: ReadonlyMap<number, Sample>;
}

/** Within this time of a pod's start its CPU sample counts only when the pod is ready and the sample lies a window after that. 5 min; kube-controller-manager --horizontal-pod-autoscaler-cpu-initialization-period. Too long hides real load of young pods. */
export const cpuInitialisationMs = 300_000;
/** A pod that went unready within this time of its start counts as never ready. 30 s; --horizontal-pod-autoscaler-initial-readiness-delay. Too long ignores pods that failed early. */
export const initialReadinessDelayMs = 30_000;

/** What a metric is judged with. */
export interface ProposalInput {
  readonly nowMs: Ms;
  /** Size as set. */
  readonly replicas: number;
  readonly pods: readonly ScaledPod[];
  /** CPU request of one pod, cores; 0: none in one of its containers, and a utilisation cannot be computed. */
  readonly requestCores: number;
  readonly toleranceUpRatio: number;
  readonly toleranceDownRatio: number;
}

/** The proposal of one metric, or undefined when it is invalid (no pods, no request, no sample of a counted pod). */
export function proposeReplicas(reading: Reading, input: ProposalInput): number | undefined {
  const needsRequest = reading.metric.kind === 'cpu-utilisation';
  if (input.pods.length === 0 || (needsRequest && input.requestCores <= 0)) return undefined;
  const groups = groupPods(reading, input);
  if (groups.counted === 0) return undefined;
  const ratio = usageRatio(groups.sum, groups.counted, reading.metric, input.requestCores);
  const rebalance = groups.unready > 0 && ratio > 1;
  if (!rebalance && groups.missing === 0)
    return inTolerance(ratio, input) ? input.replicas : ceil(ratio * groups.counted);
  return ratio === 1 ? input.replicas : averagedAgain({ ...groups, ratio, rebalance }, reading.metric, input);
}

/** Missing pods count as idle against growth and as busy against shrinking, unready pods as idle against growth; a change of direction is no change. */
function averagedAgain(
  first: Groups & { readonly ratio: number; readonly rebalance: boolean },
  metric: AutoscalerMetric,
  input: ProposalInput,
): number {
  const target = targetOf(metric, input.requestCores);
  const busy = metric.kind === 'cpu-utilisation' ? Math.max(input.requestCores, target) : target;
  const sum = first.sum + (first.ratio < 1 ? busy * first.missing : 0);
  const count = first.counted + first.missing + (first.rebalance ? first.unready : 0);
  const again = usageRatio(sum, count, metric, input.requestCores);
  const flips = (first.ratio < 1 && again > 1) || (first.ratio > 1 && again < 1);
  if (flips || inTolerance(again, input)) return input.replicas;
  const proposal = ceil(again * count);
  const against = (again < 1 && proposal > input.replicas) || (again > 1 && proposal < input.replicas);
  return against ? input.replicas : proposal;
}

/** Mean over target. Utilisation goes through whole per cents and mean CPU through whole millicores, cut off, as Kubernetes computes them. */
function usageRatio(sum: number, count: number, metric: AutoscalerMetric, requestCores: number): number {
  if (metric.kind === 'per-pod') return sum / count / metric.target;
  if (metric.kind === 'cpu-average') return Math.floor((1000 * sum) / count + tiny) / (metric.targetCores * 1000);
  return Math.floor((100 * sum) / (requestCores * count) + tiny) / (metric.targetRatio * 100);
}

interface Groups {
  /** Of the samples of the pods that count. */
  readonly sum: number;
  readonly counted: number;
  readonly unready: number;
  readonly missing: number;
}

function groupPods(reading: Reading, input: ProposalInput): Groups {
  let sum = 0;
  let counted = 0;
  let unready = 0;
  let missing = 0;
  for (const pod of input.pods) {
    if (pod.gone) continue;
    const { alike = 1 } = pod;
    const sample = reading.samples.get(pod.uid);
    if (pod.pending) unready += alike;
    else if (sample === undefined) missing += alike;
    else if (reading.metric.kind !== 'per-pod' && !countsCpu(pod, sample, input.nowMs)) unready += alike;
    else {
      sum += sample.value * alike;
      counted += alike;
    }
  }
  return { sum, counted, unready, missing };
}

function countsCpu(pod: ScaledPod, sample: Sample, nowMs: Ms): boolean {
  if (pod.startedMs + cpuInitialisationMs > nowMs)
    return pod.ready && sample.atMs >= pod.readyChangedMs + sample.windowMs;
  return pod.ready || wasReady(pod);
}

/** It went unready so late after its start that it must have been ready before. */
export function wasReady(pod: ScaledPod): boolean {
  return pod.startedMs + initialReadinessDelayMs <= pod.readyChangedMs;
}

function targetOf(metric: AutoscalerMetric, requestCores: number): number {
  if (metric.kind === 'cpu-average') return metric.targetCores;
  return metric.kind === 'cpu-utilisation' ? metric.targetRatio * requestCores : metric.target;
}

function inTolerance(ratio: number, input: ProposalInput): boolean {
  return ratio >= 1 - input.toleranceDownRatio - tiny && ratio <= 1 + input.toleranceUpRatio + tiny;
}

/** Sums of decimal fractions miss a whole number by rounding; Kubernetes counts in thousandths and does not. */
const tiny = 1e-9;

function ceil(value: number): number {
  return Math.ceil(value - tiny);
}
