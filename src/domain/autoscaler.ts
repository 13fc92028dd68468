/** A HorizontalPodAutoscaler as resolved from its file. Apart because its rules are a language of their own. */

/** A HorizontalPodAutoscaler (autoscaling/v2). */
export interface Autoscaler {
  readonly name: string;
  readonly namespace: string;
  /** Name of the workload it scales. */
  readonly workload: string;
  readonly replicasMin: number;
  readonly replicasMax: number;
  readonly metrics: readonly AutoscalerMetric[];
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** One metric of an autoscaler. */
export type AutoscalerMetric =
  /** Ratio of the request, 0.8 = 80 % utilisation. */
  | { readonly kind: 'cpu-utilisation'; readonly targetRatio: number }
  /** Mean cores per pod, whatever they request. */
  | { readonly kind: 'cpu-average'; readonly targetCores: number }
  /** Average value per pod of a pods, object or external metric, such as `orders_per_second`. */
  | { readonly kind: 'per-pod'; readonly metric: string; readonly target: number };

/** One direction of an autoscaler's behaviour. */
export interface ScalingRules {
  readonly stabilizationMs: number;
  readonly select: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly {
    readonly kind: 'Pods' | 'Percent';
    readonly value: number;
    readonly periodMs: number;
  }[];
  /** 0.1 by default. */
  readonly toleranceRatio: number;
}
