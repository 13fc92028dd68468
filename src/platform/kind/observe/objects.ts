/** Kubernetes objects as an API server sends them, reduced to what is read of them here. Apart from the client library's types, which hold parsed dates where the wire has text. */

/** What every object has. */
export interface ApiObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
  };
}

/** One entry of `status.conditions`. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  /** Whole seconds. */
  readonly lastTransitionTime?: string;
}

/** A Node. */
export interface NodeObject extends ApiObject {
  readonly spec: {
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string; readonly effect: string }[];
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** A Pod. */
export interface PodObject extends ApiObject {
  readonly spec: { readonly nodeName?: string };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

/** A Deployment, StatefulSet or DaemonSet; each fills the fields that its kind has. */
export interface WorkloadObject extends ApiObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly currentReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly desiredNumberScheduled?: number;
    readonly currentNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberReady?: number;
  };
}

/** A ControllerRevision: one template of a StatefulSet or DaemonSet. */
export interface RevisionObject extends ApiObject {
  readonly revision: number;
}

/** A HorizontalPodAutoscaler (autoscaling/v2). */
export interface AutoscalerObject extends ApiObject {
  readonly spec: {
    readonly minReplicas?: number;
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
  };
  readonly status?: { readonly desiredReplicas?: number; readonly conditions?: readonly Condition[] };
}

/** An EndpointSlice. */
export interface SliceObject extends ApiObject {
  readonly addressType: string;
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    /** Absent: true. */
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

/** A Lease. */
export interface LeaseObject extends ApiObject {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    /** Microseconds. */
    readonly renewTime?: string;
  };
}

/** An Event of the API: not one of ours. */
export interface EventObject extends ApiObject {
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string;
  readonly eventTime?: string;
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly namespace?: string };
}

/** The probe's own ConfigMap. */
export interface MarkObject extends ApiObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** The status of a condition: `True`, `False`, `Unknown`; undefined when it is not there. */
export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}
