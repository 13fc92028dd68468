/** The platform under test as resolved from its files: sites, nodes, workloads, what lies between the sites. Plain data that every platform reads; how it is read from files is not its concern. */
import type { Autoscaler } from './autoscaler.ts';
import type { GlobalLoadBalancer, Link, Replication } from './between-sites.ts';
import type { NodeAffinity } from './node-affinity.ts';

/** A whole platform: one or two sites and what ties them. */
export interface Topology {
  /** From topology.yaml, or the folder's name. */
  readonly name: string;
  /** In the order of the file. Names are unique. One or two. */
  readonly sites: readonly Site[];
  /** Between the two sites; meaningless with one. */
  readonly link: Link;
  readonly replication: readonly Replication[];
  readonly globalLoadBalancer: GlobalLoadBalancer;
  /** By name of an SLI (a business service such as `orders`, or `api.write`, `api.read`). */
  readonly steadyState: Readonly<Record<string, SteadyState>>;
  /** Kinds and fields of the input that no model knows, each once. */
  readonly notModelled: readonly NotModelled[];
  /** Things that the files left open and that were assumed, in words: `east: no node image, Kubernetes 1.34 assumed`. */
  readonly assumed: readonly string[];
  /** Every file read, for the record: path relative to the topology's folder, and the SHA-256 of its bytes. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/** One datacentre: one Kubernetes cluster. */
export interface Site {
  readonly name: string;
  /** `active` takes customers; `standby` only when traffic is shifted to it. */
  readonly role: 'active' | 'standby';
  readonly kubernetes: {
    /** Minor version, such as 34 for 1.34: it selects constants. */
    readonly minor: number;
    /** Node image as written, if any. */
    readonly image?: string;
    /** True when no image was given. */
    readonly assumed: boolean;
  };
  /** Flags of etcd in kubeadm patches; absent: 100 and 1000 ms. */
  readonly etcd?: EtcdTiming;
  /** What stands before the API servers. kind up to 0.31 uses haproxy, from 0.32 envoy. */
  readonly apiLoadBalancer: 'haproxy' | 'envoy';
  /** Control planes first, in kind's order and with kind's names (`east-control-plane`, `east-control-plane2`, `east-worker`). */
  readonly nodes: readonly NodeSpec[];
  readonly workloads: readonly Workload[];
  readonly services: readonly Service[];
  readonly autoscalers: readonly Autoscaler[];
  readonly disruptionBudgets: readonly DisruptionBudget[];
}

/** Raft's clock in every member of an etcd cluster. */
export interface EtcdTiming {
  /** `--heartbeat-interval`, ms (> 0). */
  readonly heartbeatMs: number;
  /** `--election-timeout`, ms: at least 5 heartbeats, at most 50,000. */
  readonly electionMs: number;
}

/** One machine of a cluster. */
export interface NodeSpec {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Allocatable CPU, cores (> 0). */
  readonly cpuCores: number;
  /** Allocatable memory, MiB (> 0). */
  readonly memoryMiB: number;
  /** Pods it can hold; the kubelet's default is 110. */
  readonly podsMax: number;
}

/** A taint on a node. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** A toleration of a pod. */
export interface Toleration {
  /** Empty: any key. */
  readonly key: string;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  /** Empty: any effect. */
  readonly effect: '' | Taint['effect'];
  /** How long a NoExecute taint is borne; absent: for ever. */
  readonly seconds?: number;
}

/** A Deployment, StatefulSet or DaemonSet. */
export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly name: string;
  readonly namespace: string;
  /** Meaningless for a DaemonSet. */
  readonly replicas: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
  readonly rollout: Rollout;
  readonly behaviour: Behaviour;
}

/** How a workload moves from one template to the next. */
export interface Rollout {
  readonly strategy: 'RollingUpdate' | 'Recreate' | 'OnDelete';
  /** Absolute number, or ratio of replicas (rounded up). Deployments: 0.25 by default; DaemonSets 0. */
  readonly maxSurge: IntOrRatio;
  /** Absolute number, or ratio of replicas (rounded down for Deployments, up for DaemonSets). Deployments: 0.25 by default; DaemonSets 1. */
  readonly maxUnavailable: IntOrRatio;
  /** Seconds ready before a pod counts as available. */
  readonly minReadySeconds: number;
  readonly progressDeadlineSeconds: number;
  /** Old revisions without pods that are kept for a rollback. */
  readonly revisionHistoryLimit: number;
  /** StatefulSets: `Parallel` starts all pods at once. */
  readonly podManagement: 'OrderedReady' | 'Parallel';
  /** StatefulSets: ordinals below are left alone. */
  readonly partition: number;
}

/** An absolute number or a share, as Kubernetes' int-or-percent. */
export type IntOrRatio = { readonly count: number } | { readonly ratio: number };

/** `matchLabels` and `matchExpressions`. An empty selector matches everything. */
export interface LabelSelector {
  readonly labels: Readonly<Record<string, string>>;
  readonly expressions: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values: readonly string[];
  }[];
}

/** What every pod of a workload looks like. */
export interface PodTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly image: string;
  /** Sum over the containers that run together, cores and MiB; 0: best effort. */
  readonly requests: { readonly cpuCores: number; readonly memoryMiB: number };
  /** CPU requests of the containers that run together, cores, of which an autoscaler takes the utilisation; 0 when any of them requests none. */
  readonly utilisationCores: number;
  /** Absent: unlimited. */
  readonly limits: { readonly cpuCores?: number; readonly memoryMiB?: number };
  readonly readiness?: Probe;
  readonly liveness?: Probe;
  readonly startup?: Probe;
  readonly terminationGraceSeconds: number;
  /** A preStop sleep; 0: none. */
  readonly preStopSeconds: number;
  readonly tolerations: readonly Toleration[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly nodeAffinity: NodeAffinity;
  readonly topologySpread: readonly TopologySpread[];
  /** Required anti-affinity against the pod's own labels, by topology key. */
  readonly antiAffinity: readonly {
    readonly topologyKey: string;
    readonly selector: LabelSelector;
    readonly required: boolean;
  }[];
  /** Has a persistent volume claim of its own (StatefulSets): the pod is bound to its data. */
  readonly volumeClaims: readonly string[];
  readonly hostNetwork: boolean;
  /** Ports of its node that a pod takes, such as `TCP/80`: no two pods of a node share one. */
  readonly hostPorts: readonly string[];
}

/** One topology spread constraint. */
export interface TopologySpread {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
  readonly selector: LabelSelector;
}

/** A readiness, liveness or start-up probe. Seconds. */
export interface Probe {
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

/** What a manifest cannot say and the `elevenproof.dev/...` annotations do (each has a default). A real reference workload obeys the same figures. */
export interface Behaviour {
  /** Median time one pod needs for one request of its own work, without waiting and without the calls it makes. ms, > 0. Annotation `service-time-ms`, default 20. */
  readonly serviceTimeMs: number;
  /** 99th percentile of the same. Annotation `service-time-p99-ms`, default 3 × the median. */
  readonly serviceTimeP99Ms: number;
  /** Requests one pod works on at a time. Annotation `concurrency`, default 10. Capacity of a pod = concurrency ÷ time held. */
  readonly concurrency: number;
  /** Requests that may wait in one pod beyond the concurrency before it refuses. Annotation `queue`, default 10 × concurrency. */
  readonly queueMax: number;
  /** From the container's start to its first readiness. ms. Annotation `startup-ms`, default 1500. */
  readonly startupMs: number;
  /** Image pull on a node that has not got the image. ms. Annotation `image-pull-ms`, default 0 (present). */
  readonly imagePullMs: number;
  /** CPU burnt per request, millicore-seconds = CPU ms. Annotation `cpu-ms`, default 1. */
  readonly cpuMsPerRequest: number;
  /** Names of the Services called once per request, in order. Annotation `calls` (comma separated), default none. */
  readonly calls: readonly string[];
  /** Name of the workload whose database keeps the orders that this one accepts; such a workload acknowledges only after the commit. Annotation `database`. */
  readonly database?: string;
  /** What happens to the pod when a release is bad. Image tags that contain `bad`, or the annotation `release: bad`, start but fail (`errors`), or never get ready (`never-ready`), or exit at once (`crash`). Annotation `release`, default `good`. */
  readonly release: 'good' | 'never-ready' | 'crash' | 'errors';
}

/** A Service and how its callers treat it. */
export interface Service {
  readonly name: string;
  readonly namespace: string;
  readonly selector: LabelSelector;
  /** Name of the workloads that it selects. Usually one. */
  readonly workloads: readonly string[];
  /** The business service that customers reach through it (annotation `serves` on the Service), if it is an entry. */
  readonly serves?: string;
  /** Its endpoints are all running pods, ready or not, also while they end (publishNotReadyAddresses). */
  readonly publishesUnready?: boolean;
  readonly policy: CallPolicy;
}

/** How callers call a Service; annotations on the Service. */
export interface CallPolicy {
  /** Annotation `balance`, default `round-robin`. */
  readonly balance: 'round-robin' | 'least-requests' | 'weighted-response-time' | 'random';
  /** After which a caller gives up one try, ms. Annotation `timeout-ms`, default 1000. */
  readonly timeoutMs: number;
  /** Further tries after a failure or time-out. Annotation `retries`, default 0. */
  readonly retries: number;
  /** Retries as a share of first tries that may not be exceeded (0..1); absent: no budget. Annotation `retry-budget-ratio`. */
  readonly retryBudgetRatio?: number;
  /** Absent: none. Annotation `breaker` = `errors=0.5,volume=20,window-ms=10000,sleep-ms=5000`. */
  readonly breaker?: Breaker;
  /** Requests per second admitted per channel and site; absent channel: unlimited; `*`: any channel not named. Annotation `rate-limit` = `partner=200,*=5000`. */
  readonly rateLimitRps: Readonly<Record<string, number>>;
}

/** A circuit breaker in the callers of a Service. */
export interface Breaker {
  /** Error share that opens it (0..1). */
  readonly errorRatioMin: number;
  /** Requests in the window below which it stays closed. */
  readonly volumeMin: number;
  readonly windowMs: number;
  /** How long it stays open before one trial. */
  readonly sleepMs: number;
}

/** A PodDisruptionBudget; for voluntary disruption only. */
export interface DisruptionBudget {
  readonly name: string;
  readonly namespace: string;
  readonly selector: LabelSelector;
  /** At most one of the two; a budget with neither lets no healthy pod go. */
  readonly minAvailable?: IntOrRatio;
  readonly maxUnavailable?: IntOrRatio;
  /** A pod that is not ready may always be evicted (unhealthyPodEvictionPolicy AlwaysAllow). */
  readonly unhealthyGo?: boolean;
}

/** When a service counts as healthy: over a window that slides by 100 ms, 1 s wide unless `windowMs` (a multiple of 100, for slow services) says otherwise, with at least 20 samples. */
export interface SteadyState {
  readonly successRatioMin: number;
  readonly p99MsMax?: number;
  readonly windowMs?: number;
}

/** An input that no model knows. */
export interface NotModelled {
  /** `NetworkPolicy`, or `Deployment.spec.template.spec.affinity.podAffinity`. */
  readonly field: string;
  /** Where it stands first. */
  readonly file: string;
  readonly line?: number;
  /** Which measured things it could change: names of SLIs (`orders`, `api.write`), `data`, `autoscaling`, `*` for everything. */
  readonly couldChange: readonly string[];
}
