/** The pods of all sites as the API server holds them, with the counts and indexes that keep every question cheap. */
import { createSignal, type Kernel } from '../../kernel.ts';
import type { NodeName, Pod, SiteName } from '../../model.ts';
import { createBackOff } from '../machines/back-off.ts';
import { newest, type PodRecord, type Revision, type WorkloadState } from './pod-record.ts';

/** What happened to a pod object. `bound`: it has a node now. `deleted`: it has a deletion timestamp. `revived`: it lost that again. `removed`: the object is gone. */
export type PodChange = 'added' | 'bound' | 'changed' | 'deleted' | 'revived' | 'removed';

/** How a new pod is to be. */
export interface PodWish {
  readonly name?: string;
  readonly ordinal?: number;
  readonly pinned?: NodeName;
}

/** The pods of all sites. */
export interface PodStore {
  readonly podChanged: ReturnType<typeof createSignal<Pod>>;
  readonly workloadChanged: ReturnType<typeof createSignal<{ site: SiteName; workload: string }>>;
  /** Called at once for every change, in the order of registration; before the signals. */
  on(listener: (pod: PodRecord, change: PodChange) => void): void;
  create(state: WorkloadState, release: Revision, wish: PodWish): PodRecord;
  bind(pod: PodRecord, node: NodeName): void;
  /** Applies a change of fields; counts follow. */
  update(
    pod: PodRecord,
    fields: Partial<Pick<PodRecord, 'phase' | 'ready' | 'startedMs' | 'restarts' | 'truth' | 'slowFactor'>>,
  ): void;
  /** The object is gone. */
  remove(pod: PodRecord): void;
  /** Sets the deletion timestamp; nothing when it has one. */
  markDeleted(pod: PodRecord): void;
  revive(pod: PodRecord): void;
  /** Puts back an object that was removed. */
  restore(pod: PodRecord): void;
  find(name: string, site: SiteName): PodRecord | undefined;
  onNode(node: NodeName): Iterable<PodRecord>;
  touch(state: WorkloadState): void;
}

/** No pods yet. */
export function createPodStore(kernel: Kernel): PodStore {
  const podChanged = createSignal<Pod>();
  const workloadChanged = createSignal<{ site: SiteName; workload: string }>();
  const listeners: ((pod: PodRecord, change: PodChange) => void)[] = [];
  const names = new Map<string, PodRecord>();
  const nodes = new Map<NodeName, Set<PodRecord>>();
  const random = kernel.random('pod-names');
  let uid = 0;
  const place = (node: NodeName) => {
    const pods = nodes.get(node) ?? new Set<PodRecord>();
    nodes.set(node, pods);
    return pods;
  };
  const count = (pod: PodRecord, sign: 1 | -1) => {
    if (pod.gone || pod.deletedMs !== undefined) return;
    pod.release.active += sign;
    if (pod.ready) pod.release.ready += sign;
    if (pod.doomed) pod.release.doomed += sign;
  };
  const touch = (state: WorkloadState) => workloadChanged.emit({ site: state.site.name, workload: state.spec.name });
  const change = (pod: PodRecord, what: PodChange, apply: () => void) => {
    const { active, ready } = pod.release;
    count(pod, -1);
    apply();
    count(pod, 1);
    for (const listener of listeners) listener(pod, what);
    podChanged.emit(pod);
    if (active !== pod.release.active || ready !== pod.release.ready || what === 'removed') touch(pod.of);
  };
  const key = (name: string, site: SiteName) => `${site}/${name}`;
  const freshName = (state: WorkloadState, release: Revision) => {
    for (;;) {
      const name = `${state.spec.name}-${state.spec.kind === 'Deployment' ? `${release.number}-` : ''}${suffix(random.int(0, 27 ** 5 - 1))}`;
      if (!names.has(key(name, state.site.name))) return name;
    }
  };
  const enlist = (pod: PodRecord) => {
    pod.of.pods.add(pod);
    pod.of.list = undefined;
    names.set(key(pod.name, pod.site), pod);
    if (pod.node !== undefined) place(pod.node).add(pod);
  };
  return {
    podChanged,
    workloadChanged,
    touch,
    on: (listener) => void listeners.push(listener),
    create: (state, release, wish) => {
      const name = wish.name ?? freshName(state, release);
      const pod = newPod(state, release, { ...wish, name }, ++uid, kernel.now());
      enlist(pod);
      pod.gone = true; // not counted before it is in
      change(pod, 'added', () => {
        pod.gone = false;
      });
      return pod;
    },
    bind: (pod, node) =>
      change(pod, 'bound', () => {
        pod.node = node;
        place(node).add(pod);
      }),
    update: (pod, fields) =>
      change(pod, 'changed', () => {
        if (fields.ready !== undefined && fields.ready !== pod.ready)
          pod.readySinceMs = fields.ready ? kernel.now() : undefined;
        Object.assign(pod, fields);
      }),
    markDeleted: (pod) => {
      if (pod.deletedMs !== undefined || pod.gone) return;
      change(pod, 'deleted', () => {
        pod.deletedMs = kernel.now();
      });
    },
    revive: (pod) =>
      change(pod, 'revived', () => {
        pod.deletedMs = undefined;
        pod.doomed = false;
      }),
    remove: (pod) => {
      if (pod.gone) return;
      change(pod, 'removed', () => {
        pod.gone = true;
        pod.life.held = false; // what holds its containers down goes with them, whether or not a restore brings the object back
        pod.of.pods.delete(pod);
        pod.of.list = undefined;
        if (names.get(key(pod.name, pod.site)) === pod) names.delete(key(pod.name, pod.site));
        if (pod.node !== undefined) place(pod.node).delete(pod);
      });
    },
    restore: (pod) => {
      enlist(pod);
      change(pod, 'added', () => {
        pod.gone = false;
        pod.deletedMs = undefined;
        pod.doomed = false;
      });
    },
    find: (name, site) => names.get(key(name, site)),
    onNode: (node) => nodes.get(node) ?? [],
  };
}

function newPod(
  state: WorkloadState,
  release: Revision,
  wish: PodWish & { readonly name: string },
  uid: number,
  now: number,
): PodRecord {
  return {
    name: wish.name,
    uid,
    site: state.site.name,
    workload: state.spec.name,
    revision: release.number,
    node: undefined,
    createdMs: now,
    phase: 'Pending',
    ready: false,
    readySinceMs: undefined,
    deletedMs: undefined,
    acceptedMs: undefined,
    startedMs: undefined,
    restarts: 0,
    starts: 0,
    truth: 'refusing',
    slowFactor: 1,
    of: state,
    release,
    ordinal: wish.ordinal,
    pinned: wish.pinned,
    doomed: false,
    gone: false,
    life: {
      stage: 'unseen',
      stopping: 'no',
      ending: false,
      processMs: undefined,
      servesFromMs: 0,
      noticed: false,
      started: false,
      ready: false,
      unpublished: false,
      hung: false,
      held: false,
      backOff: createBackOff(),
      timer: undefined,
      overdue: undefined,
      servesTimer: undefined,
      probes: [],
      tickers: undefined,
    },
  };
}

/** Five letters and digits without vowels, as Kubernetes draws them. */
function suffix(number: number): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  let rest = number;
  let text = '';
  for (let i = 0; i < 5; i++) {
    text += letters[rest % 27];
    rest = Math.floor(rest / 27);
  }
  return text;
}

/** Pods of the newest revision, all pods, ready ones: as the status of a workload counts them (being deleted does not count, nor a DaemonSet's pod where none should be). */
export function countPods(store: PodStore, state: WorkloadState): { total: number; ready: number; updated: number } {
  const counts = { total: 0, ready: 0, updated: newest(state).active };
  for (const revision of state.revisions) {
    counts.total += revision.active;
    counts.ready += revision.ready;
  }
  for (const node of state.misplaced)
    for (const pod of store.onNode(node)) {
      if (pod.of !== state || pod.deletedMs !== undefined) continue;
      counts.total--;
      if (pod.ready) counts.ready--;
      if (pod.release === newest(state)) counts.updated--;
    }
  return counts;
}
