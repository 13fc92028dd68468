/** What the models know of each other: one interface per model. Apart from the models so that each can be written, read and tested alone. Nobody here knows of scenarios, faults or objectives. */
import type { Ms } from '../base/clock.ts';
import type { RangeSet } from '../base/ranges.ts';
import type { Component } from '../domain/action.ts';
import type { Replication } from '../domain/between-sites.ts';
import type { Audit, Promotion } from '../domain/event.ts';
import type { LoadPlan } from '../domain/load.ts';
import type { NodeSpec, Site, Workload } from '../domain/topology.ts';
import type { Signal } from './kernel.ts';

/** Node names are unique over both sites, so a node is named by its name alone. */
export type NodeName = string;
/** Name of a site as the topology has it. */
export type SiteName = string;

/** `frozen`: every process paused, sockets stay open and packets are swallowed. */
export type Power = 'on' | 'off' | 'frozen';

/** Of a supervised process. `down` waits for its supervisor (or for nobody), `held` may not be started. */
export type ProcessState = 'running' | 'paused' | 'down' | 'held';

/** Machines and the components of Kubernetes on them; static pods are restarted by the kubelet with its back-off, kubelet and containerd by systemd after 1 s. */
export interface Machines {
  readonly changed: Signal<{ readonly node: NodeName; readonly component?: Component }>;
  power(node: NodeName): Power;
  setPower(node: NodeName, power: Power): void;
  /** The process's own state; `down` when the machine is off, `paused` when it is frozen. Workers have only kubelet and containerd. */
  process(node: NodeName, component: Component): ProcessState;
  /** Process id and start time, for proofs; undefined when not running. */
  identity(node: NodeName, component: Component): { readonly pid: number; readonly startedMs: Ms } | undefined;
  /** The process is gone at once; the supervisor sees it ≤ 1 s later. */
  kill(node: NodeName, component: Component): void;
  hold(node: NodeName, component: Component): void;
  release(node: NodeName, component: Component): void;
  pause(node: NodeName, component: Component): void;
  resume(node: NodeName, component: Component): void;
  /** A process ended by itself (a controller-manager that lost its lease) or by its kubelet (liveness). Restarted by its supervisor with back-off. */
  exit(node: NodeName, component: Component): void;
  /** Kubelet and containerd run and the machine is on and not frozen: containers can be started. */
  canStartContainers(node: NodeName): boolean;
}

/** The kubelet's crash back-off for one container: 0, 10, 20, 40, 80, 160, 300, 300 s …, reset after 10 min without a restart. Shared by static pods and workloads. */
export interface BackOff {
  /** The delay before the next start after an exit at `exitMs`; counts the exit. */
  next(exitMs: Ms): Ms;
}

/** Who sends or receives: a node, something inside a site beside its nodes (the API load balancer), or customers and probers outside. */
export type Place = { readonly node: NodeName } | { readonly site: SiteName } | { readonly outside: true };

/** Which packets get through. Cuts are silent (packets vanish). */
export interface Network {
  readonly changed: Signal<{ readonly at: Ms }>;
  /** One way. False when cut anywhere on the path. Says nothing of whether anybody listens there. */
  passes(from: Place, to: Place): boolean;
  /** Both ways pass. */
  connects(a: Place, b: Place): boolean;
  /** One-way delay, ms; link delay, what was added, and 0.2 ms inside a site. */
  delayMs(from: Place, to: Place): number;
  /** Share of packets lost one way. */
  lossRatio(from: Place, to: Place): number;
  /** One way between sites; direction as in actions. */
  sitePasses(from: SiteName, to: SiteName): boolean;
  siteDelayMs(from: SiteName, to: SiteName): number;
  /** Outside customers reach the site. */
  reachable(site: SiteName): boolean;
  cutLink(from: SiteName, to: SiteName, direction: 'both' | 'one-way'): void;
  slowLink(from: SiteName, to: SiteName, direction: 'both' | 'one-way', delayMs: number, lossRatio: number): void;
  restoreLink(from: SiteName, to: SiteName, direction: 'both' | 'one-way'): void;
  /** Of a node to one peer, or to everything. */
  cutNode(node: NodeName, peer: NodeName | undefined, direction: 'both' | 'one-way'): void;
  slowNode(
    node: NodeName,
    peer: NodeName | undefined,
    direction: 'both' | 'one-way',
    delayMs: number,
    lossRatio: number,
  ): void;
  restoreNode(node: NodeName, peer: NodeName | undefined, direction: 'both' | 'one-way'): void;
  cutSite(site: SiteName): void;
  restoreSite(site: SiteName): void;
}

/** What a client of one member meets. `hangs`: the answer comes after the request time-out of 7 s (no leader, or it is lost). */
export interface EtcdAnswer {
  readonly writes: 'ok' | 'hangs' | 'refused';
  /** Reads that need no quorum. */
  readonly staleReads: boolean;
  readonly commitMs: number;
  /** Of a read that needs a quorum; nothing is saved for it. */
  readonly readMs: number;
}

/** One etcd cluster per site, one voting member per control plane to begin with. */
export interface Etcd {
  readonly changed: Signal<{ readonly site: SiteName }>;
  leader(site: SiteName): NodeName | undefined;
  term(site: SiteName): number;
  members(site: SiteName): readonly NodeName[];
  /** What `etcdctl endpoint status` at the member says; undefined: no answer. */
  status(
    node: NodeName,
  ):
    | { readonly role: 'leader' | 'follower' | 'learner' | 'stalled'; readonly term: number; readonly revision: number }
    | undefined;
  /** A majority of voters answers and there is a leader. */
  hasQuorum(site: SiteName): boolean;
  /** All original members started, in sync, one leader. */
  whole(site: SiteName): boolean;
  answer(node: NodeName): EtcdAnswer;
  /** Time that one fsync of the member takes now, ms. */
  fsyncMs(node: NodeName): number;
  stallDisk(node: NodeName, fsyncMs: number): void;
  restoreDisk(node: NodeName): void;
  /** Takes a snapshot from any member that answers; false when none does. */
  snapshot(site: SiteName): boolean;
  hasSnapshot(site: SiteName): boolean;
  /** Stops the member and deletes its data; it does not start until restored, or removed and added again. */
  wipe(node: NodeName): void;
  /** All members of the site start again from the last snapshot, which loses what was written since. False without a snapshot. */
  restore(site: SiteName): boolean;
  remove(node: NodeName): boolean;
  addLearner(node: NodeName): boolean;
  /** Set when a restore brought back an older state: API objects written since are gone. ms of the snapshot. */
  readonly restored: Signal<{ readonly site: SiteName; readonly snapshotMs: Ms }>;
}

/** API servers, their load balancer, the leases of controller-manager and scheduler, and how clients are connected. */
export interface ControlPlane {
  readonly changed: Signal<{ readonly site: SiteName }>;
  /** /readyz of one API server. */
  serverReady(node: NodeName): boolean;
  /** The load balancer has it in rotation. */
  inRotation(node: NodeName): boolean;
  /** What a fresh connection through the load balancer meets for a write, as a share of tries and time: `okRatio` + `refusedRatio` + `hangsRatio` = 1. */
  write(site: SiteName): {
    readonly okRatio: number;
    readonly refusedRatio: number;
    readonly hangsRatio: number;
    readonly latencyMs: number;
  };
  /** The same for a read that the watch cache can answer. */
  read(site: SiteName): {
    readonly okRatio: number;
    readonly refusedRatio: number;
    readonly hangsRatio: number;
    readonly latencyMs: number;
  };
  /** The kubelet of the node can write now (its pinned connection works or it has found another). */
  kubeletConnected(node: NodeName): boolean;
  /** Node whose controller-manager leads and can act (lease held, local API server writable, informers synced). */
  controllerManager(site: SiteName): NodeName | undefined;
  scheduler(site: SiteName): NodeName | undefined;
  /** Lease holder, acting or not. */
  leaseHolder(site: SiteName, component: 'kube-controller-manager' | 'kube-scheduler'): NodeName | undefined;
  /** Node-local watchers (kube-proxy) see changes; false while their connection is dead or their server has no etcd. */
  watchLive(node: NodeName): boolean;
  /** Everything is ready: all servers, etcd whole, both leaders. */
  whole(site: SiteName): boolean;
  /** Runs `act` once a controller of that kind can act: now, or when one takes over. Writes are paced by the caller. */
  whenControllerActs(site: SiteName, act: () => void): void;
}

/** A node as the API server knows it. */
export interface NodeObject {
  readonly spec: NodeSpec;
  readonly site: SiteName;
  readonly ready: 'True' | 'False' | 'Unknown';
  readonly cordoned: boolean;
  readonly outOfService: boolean;
  /** Set while a NoExecute taint for not-ready or unreachable is on the node; since when. */
  readonly noExecuteSinceMs: Ms | undefined;
  readonly noExecuteKey: 'node.kubernetes.io/not-ready' | 'node.kubernetes.io/unreachable' | undefined;
}

/** Node life cycle: leases, grace period, taints, zone rules. Evictions are carried out by workloads on the signal. */
export interface Nodes {
  readonly changed: Signal<{ readonly node: NodeName }>;
  /** The taint manager wants this node's pods gone: those whose tolerations for the key end now. Emitted once per node and taint; workloads schedules each pod's own tolerationSeconds and cancels when `noExecuteSinceMs` is cleared. */
  readonly tainted: Signal<{ readonly node: NodeName; readonly key: string; readonly sinceMs: Ms }>;
  get(node: NodeName): NodeObject;
  list(site: SiteName): readonly NodeObject[];
  cordon(node: NodeName, on: boolean): void;
  /** Operator's out-of-service taint. */
  setOutOfService(node: NodeName, on: boolean): void;
}

/** What a connection to the pod meets: truth, not what the API knows. `refusing`: the machine answers, the process does not; `silent`: packets vanish or a hung process holds the socket. */
export type PodTruth = 'serving' | 'refusing' | 'silent' | 'erring';

/** A pod. Mutable inside the model; others read. */
export interface Pod {
  readonly name: string;
  readonly uid: number;
  readonly site: SiteName;
  readonly workload: string;
  readonly revision: number;
  readonly node: NodeName | undefined;
  readonly createdMs: Ms;
  /** As the API server knows it. */
  readonly phase: 'Pending' | 'Running' | 'Failed';
  /** The Ready condition as the API server knows it. */
  readonly ready: boolean;
  readonly readySinceMs: Ms | undefined;
  /** Set: terminating. */
  readonly deletedMs: Ms | undefined;
  /** When its kubelet took it on (status.startTime); no restart changes it. */
  readonly acceptedMs: Ms | undefined;
  /** Start of the container that runs, or ran last. */
  readonly startedMs: Ms | undefined;
  /** As the API server knows it. */
  readonly restarts: number;
  /** Containers started so far, whether the API server knows or not. */
  readonly starts: number;
  readonly truth: PodTruth;
  /** Service time is multiplied by this; 1 is normal. */
  readonly slowFactor: number;
}

/** Deployments, StatefulSets, DaemonSets, scheduler, kubelets' pods, rollouts, disruption budgets. */
export interface Workloads {
  /** Anything about a pod changed: truth, ready, deletion, slowFactor. */
  readonly podChanged: Signal<Pod>;
  readonly workloadChanged: Signal<{ readonly site: SiteName; readonly workload: string }>;
  spec(site: SiteName, workload: string): Workload;
  /** All pods that exist in the API, in order of creation. */
  pods(site: SiteName, workload: string): readonly Pod[];
  find(pod: string, site: SiteName): Pod | undefined;
  status(
    site: SiteName,
    workload: string,
  ): {
    readonly wanted: number;
    readonly ready: number;
    readonly updated: number;
    readonly total: number;
    readonly revision: number;
    readonly rolledOut: boolean;
    readonly stuck: boolean;
  };
  /** Creates everything at its wanted size, as `kubectl apply` at time now. */
  deploy(site: SiteName): void;
  scale(site: SiteName, workload: string, replicas: number): void;
  release(site: SiteName, workload: string, image: string, quality: Workload['behaviour']['release']): void;
  rollback(site: SiteName, workload: string): void;
  killMain(pod: Pod): void;
  hang(pod: Pod, on: boolean): void;
  /** The main process is killed and its container may not be started again until released. */
  hold(pod: Pod, on: boolean): void;
  slow(pod: Pod, factor: number): void;
  delete(pod: Pod): void;
  drain(node: NodeName): void;
  /** CPU requested on the node by pods bound to it, cores. */
  requestedCpu(node: NodeName): number;
  /** An etcd restore lost the objects that are younger than this. */
  forgetSince(site: SiteName, snapshotMs: Ms): void;
}

/** Endpoints as they are programmed, and the global load balancer. */
export interface Routing {
  readonly changed: Signal<{ readonly site: SiteName }>;
  /** Pods that receive new connections of the Service in this site: as programmed in the nodes' proxies, dead or alive. */
  targets(site: SiteName, service: string): readonly Pod[];
  /** Number of ready endpoints in the API. */
  endpointsReady(site: SiteName, service: string): number;
  /** Share of new customer requests that goes to each site now (sum 1, or 0 when nowhere), clients' DNS caches included. */
  shares(): ReadonlyMap<SiteName, number>;
  /** Health check state in the global load balancer. */
  healthy(site: SiteName): boolean;
  /** Healthy and weight > 0. */
  siteInRotation(site: SiteName): boolean;
  weights(): Readonly<Record<SiteName, number>>;
  setWeights(weights: Readonly<Record<SiteName, number>>): void;
}

/** Fluid open-model load through the services of both sites. */
export interface TrafficModel {
  /** Channels asked at their base rate from now. */
  start(plan: LoadPlan): void;
  /** The plan's time 0 is now. */
  play(): void;
  stop(): void;
  /** Requests per second served by the pods of a workload, newest complete second; the source of business metrics. */
  servedRps(site: SiteName, workload: string): number;
  askedRps(site: SiteName, workload: string): number;
  /** CPU cores used by one pod, mean over the newest 10 s sample (cAdvisor's period). */
  cpuCores(pod: Pod): number;
  /** Pods of one class are alike to their callers and use alike CPU; undefined: nobody calls it. */
  classOf(pod: Pod): string | undefined;
  /** How often the pods of a workload were put into classes anew: while it stands, so do their classes. */
  regrouped(site: SiteName, workload: string): number;
  /** Requests per second that the ready pods can serve. */
  capacityRps(site: SiteName, workload: string): number;
  breaker(site: SiteName, service: string): 'closed' | 'open' | 'half-open';
  readonly breakerChanged: Signal<{ readonly site: SiteName; readonly service: string }>;
}

/** HorizontalPodAutoscalers. Acts through workloads.scale. */
export interface AutoscalerModel {
  readonly changed: Signal<{ readonly site: SiteName; readonly workload: string }>;
  wanted(site: SiteName, workload: string): number | undefined;
  /** Wants more than its maximum. */
  limited(site: SiteName, workload: string): boolean;
  /** The lower bound now; undefined without an autoscaler. */
  replicasMin(site: SiteName, workload: string): number | undefined;
  /** Raises or lowers the lower bound. */
  setReplicasMin(site: SiteName, workload: string, replicas: number): void;
}

/** Databases and what flows between them. Databases are StatefulSet workloads that some workload names as its `database`. */
export interface ReplicationModel {
  readonly changed: Signal<{ readonly at: Ms }>;
  /** A database, or what lies between two, is about to change: whoever has held commits back hands them in now. */
  readonly changing: Signal<{ readonly at: Ms }>;
  /** Commits can be made: the pod serves, it is a primary, it is not fenced; with synchronous replication also the other side answers. */
  writable(site: SiteName, workload: string): boolean;
  primary(site: SiteName, workload: string): boolean;
  /** Extra time a commit takes (synchronous replication), ms. */
  commitMs(site: SiteName, workload: string): number;
  /** Commits `count` orders accepted by the site, evenly since `sinceMs` (default: all of them now); gives the range of their numbers. Call only when writable. */
  commit(site: SiteName, workload: string, count: number, sinceMs?: Ms): readonly [from: number, to: number];
  /** The same for orders whose customer never got an answer: committed or not, as drawn by the caller. */
  acknowledge(site: SiteName, orders: readonly [from: number, to: number]): void;
  indeterminate(site: SiteName, orders: readonly [from: number, to: number]): void;
  /** What was given up; undefined: it already is the primary that sends, and nothing happens. */
  promote(site: SiteName, workload: string): Promotion | undefined;
  fence(site: SiteName, workload: string, on: boolean): void;
  stall(replication: string, on: boolean): void;
  syncNow(replication: string): void;
  lag(replication: string): { readonly records: number; readonly ageMs: Ms };
  /** Stopped by {@link ReplicationModel.stall}. */
  held(replication: string): boolean;
  stalled(replication: string): boolean;
  caughtUp(replication: string): boolean;
  batches(replication: string): number;
  /** Both sites' primaries take writes while the link between them does not pass. */
  split(): boolean;
  converged(): boolean;
  /** What was acknowledged and left open since the last call, by site. */
  takeNews(): {
    readonly acknowledged: Readonly<Record<SiteName, RangeSet>>;
    readonly indeterminate: Readonly<Record<SiteName, RangeSet>>;
  };
  audit(): Audit;
  list(): readonly Replication[];
}

/** All models of one world. */
export interface Models {
  readonly sites: readonly Site[];
  readonly machines: Machines;
  readonly network: Network;
  readonly etcd: Etcd;
  readonly controlPlane: ControlPlane;
  readonly nodes: Nodes;
  readonly workloads: Workloads;
  readonly routing: Routing;
  readonly traffic: TrafficModel;
  readonly autoscaler: AutoscalerModel;
  readonly replication: ReplicationModel;
}
