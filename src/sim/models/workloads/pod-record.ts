/** A pod, its workload and their revisions as the models of this folder change them; everybody else reads them through the contract's read-only types. */
import type { Cancel, Ms } from '../../../base/clock.ts';
import type { Site, Workload } from '../../../domain/topology.ts';
import type { BackOff, NodeName, Pod } from '../../model.ts';
import type { ProbeWorker } from './probes.ts';

/** One template of a workload, and the ReplicaSet (or ControllerRevision) made from it. */
export interface Revision {
  number: number;
  readonly image: string;
  readonly quality: Workload['behaviour']['release'];
  /** Pods that its ReplicaSet wants. Deployments only. */
  wanted: number;
  /** Pods that exist and are not being deleted; those of them that are ready. */
  active: number;
  ready: number;
  /** Writes that are booked but not done: creations and deletions. */
  creating: number;
  doomed: number;
}

/** A workload as the API has it now. */
export interface WorkloadState {
  readonly site: Site;
  /** With the newest image, quality and replicas. */
  spec: Workload;
  /** Newest last; never empty. */
  readonly revisions: Revision[];
  /** In order of creation. */
  readonly pods: Set<PodRecord>;
  /** The same as a list, made when asked for. */
  list: readonly PodRecord[] | undefined;
  deployed: boolean;
  /** Its controller has seen the newest spec (observedGeneration). */
  observed: boolean;
  /** DaemonSets: how many nodes should have a pod. */
  eligible: number;
  /** DaemonSets: nodes that have a pod and should not (any more); their pods do not count. */
  readonly misplaced: Set<NodeName>;
  stuck: boolean;
  /** Specs of the past, for an etcd restore. */
  readonly history: {
    readonly atMs: Ms;
    readonly replicas: number;
    readonly image: string;
    readonly quality: Revision['quality'];
    /** Oldest first, with their numbers then. */
    readonly revisions: readonly { readonly revision: Revision; readonly number: number }[];
  }[];
}

/** What a probe decides: that the container has started, takes requests, lives. */
export type ProbeKind = 'startup' | 'readiness' | 'liveness';

/** What the kubelet and the machine know of a pod's container; the API may not. */
export interface PodLife {
  /** `unseen`: the kubelet has not heard of it. `waiting`: for a machine that can start it. `exited`: nobody has noticed yet. `backing-off`: waits for its restart. `stopped`: ended for good. */
  stage: 'unseen' | 'waiting' | 'pulling' | 'creating' | 'running' | 'exited' | 'backing-off' | 'stopped';
  stopping: 'no' | 'pre-stop' | 'terminating';
  /** Stopped because the pod is deleted, not to be restarted. */
  ending: boolean;
  /** Its main process runs, since when. */
  processMs: Ms | undefined;
  servesFromMs: Ms;
  /** The kubelet has seen it run. */
  noticed: boolean;
  /** Its start-up probe has passed, or there is none. */
  started: boolean;
  /** Ready, as the kubelet knows it. */
  ready: boolean;
  /** The API has not been told yet. */
  unpublished: boolean;
  hung: boolean;
  held: boolean;
  backOff: BackOff;
  timer: Cancel | undefined;
  /** A step that fell due while the kubelet was down or the machine frozen. */
  overdue: (() => void) | undefined;
  servesTimer: Cancel | undefined;
  probes: { readonly kind: ProbeKind; readonly worker: ProbeWorker }[];
  /** Since when the ticker of each probe runs; undefined until its kubelet has taken the pod on. Outlives containers, not kubelets. */
  tickers: Readonly<Partial<Record<ProbeKind, Ms>>> | undefined;
}

/** A pod that its models may change. */
export type PodRecord = { -readonly [K in keyof Pod]: Pod[K] } & {
  readonly of: WorkloadState;
  readonly release: Revision;
  /** Position in its StatefulSet. */
  readonly ordinal: number | undefined;
  /** The node it must run on (DaemonSets). */
  readonly pinned: NodeName | undefined;
  /** Its deletion is booked. */
  doomed: boolean;
  /** No longer in the API. */
  gone: boolean;
  readonly life: PodLife;
};

/** The newest revision. */
export function newest(state: WorkloadState): Revision {
  return state.revisions.at(-1)!;
}

/** Ready for at least minReadySeconds at `now`. */
export function available(pod: PodRecord, now: Ms): boolean {
  if (!pod.ready || pod.deletedMs !== undefined || pod.readySinceMs === undefined) return false;
  return now - pod.readySinceMs >= pod.of.spec.rollout.minReadySeconds * 1000;
}
