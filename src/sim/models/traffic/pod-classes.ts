/** Groups the pods behind a Service into classes of alike pods, so that a bucket costs the same for five pods and for five thousand. */
import type { Behaviour, Workload } from '../../../domain/topology.ts';
import type { Network, Pod, PodTruth } from '../../model.ts';
import { logNormalOf, type Mode } from './latency.ts';
import type { QueueStep } from './waiting.ts';

/** Alike pods: same workload, truth, speed and path. The mutable fields are the state of their common queue. */
export interface PodClass {
  readonly key: string;
  readonly workload: string;
  readonly behaviour: Behaviour;
  readonly truth: PodTruth;
  readonly slowFactor: number;
  /** One request's own work, ms. */
  readonly own: Mode;
  /** One-way delay from the caller, ms, and share of packets lost one way. */
  readonly delayMs: number;
  readonly lossRatio: number;
  /** What the CPU limit lets one pod do, requests per second; Infinity without. */
  readonly cpuRps: number;
  pods: number;
  backlog: number;
  share: number;
  responseMs: number;
  step: QueueStep | undefined;
}

/** The pods behind one Service by class. */
export interface Grouping {
  readonly classes: () => readonly PodClass[];
  classOf(pod: Pod): PodClass | undefined;
  /** How often {@link Grouping.update} was called. */
  updates(): number;
  /** Puts pods where they belong now: those in `changed`, or all when the targets are others than last time or `changed` is undefined. Gives the share of the working pods that work and answer no more. */
  update(targets: readonly Pod[], changed: readonly Pod[] | undefined, pathTo: (pod: Pod) => Path): number;
}

/** How callers reach a pod. */
export interface Path {
  readonly reachable: boolean;
  readonly delayMs: number;
  readonly lossRatio: number;
}

/** A grouping without pods. Backlogs move with their pods; what waited in a pod that died, or that left, is gone. */
export function createGrouping(specOf: (pod: Pod) => Workload): Grouping {
  const byKey = new Map<string, PodClass>();
  const ofPod = new Map<number, PodClass>();
  let classes: readonly PodClass[] = [];
  let known: readonly Pod[] = [];
  let lost = 0;
  let updates = 0;
  const classFor = (pod: Pod, path: Path, recent: PodClass | undefined): PodClass => {
    const truth = path.reachable ? pod.truth : 'silent';
    if (recent !== undefined && isLike(recent, pod, truth, path)) return recent;
    const key = `${pod.workload}|${truth}|${pod.slowFactor}|${path.delayMs}|${path.lossRatio}`;
    const found = byKey.get(key) ?? newClass(key, pod, truth, path, specOf(pod));
    byKey.set(key, found);
    return found;
  };
  const leave = (old: PodClass): number => {
    const waiting = old.backlog / old.pods;
    old.backlog = old.pods === 1 ? 0 : old.backlog - waiting;
    old.pods--;
    return waiting;
  };
  const move = (pod: Pod, path: Path, recent: PodClass | undefined): PodClass => {
    const old = ofPod.get(pod.uid);
    const group = classFor(pod, path, old ?? recent);
    if (group === old) return group;
    const waiting = old === undefined ? 0 : leave(old);
    if (works(group.truth)) group.backlog += waiting;
    else if (old !== undefined && works(old.truth) && !endsCleanly(pod)) lost++;
    group.pods++;
    ofPod.set(pod.uid, group);
    return group;
  };
  const forget = (targets: readonly Pod[]) => {
    const staying = new Set(targets.map((pod) => pod.uid));
    for (const [uid, group] of ofPod)
      if (!staying.has(uid)) {
        leave(group);
        ofPod.delete(uid);
      }
  };
  return {
    classes: () => classes,
    classOf: (pod) => ofPod.get(pod.uid),
    updates: () => updates,
    update: (targets, changed, pathTo) => {
      updates++;
      let working = 0;
      for (const group of classes) if (works(group.truth)) working += group.pods;
      lost = 0;
      const few = changed !== undefined && targets === known;
      if (!few) forget(targets);
      known = targets;
      let recent: PodClass | undefined;
      for (const pod of few ? changed : targets)
        if (!few || ofPod.has(pod.uid)) recent = move(pod, pathTo(pod), recent);
      for (const [key, group] of byKey) if (group.pods === 0) byKey.delete(key);
      classes = [...byKey.values()];
      return working > 0 ? lost / working : 0;
    },
  };
}

/** A pod that was deleted takes nothing new but finishes what it has; one that died does not. Kind to programs that drop their work on SIGTERM. */
function endsCleanly(pod: Pod): boolean {
  return pod.deletedMs !== undefined && pod.truth === 'refusing';
}

function isLike(group: PodClass, pod: Pod, truth: PodTruth, path: Path): boolean {
  return (
    group.truth === truth &&
    group.slowFactor === pod.slowFactor &&
    group.workload === pod.workload &&
    group.delayMs === path.delayMs &&
    group.lossRatio === path.lossRatio
  );
}

/** Takes requests and works on them. */
export function works(truth: PodTruth): boolean {
  return truth === 'serving' || truth === 'erring';
}

function newClass(key: string, pod: Pod, truth: PodTruth, path: Path, spec: Workload): PodClass {
  const { behaviour, template } = spec;
  const base = logNormalOf(behaviour.serviceTimeMs, behaviour.serviceTimeP99Ms);
  const factor = Math.max(0.001, pod.slowFactor);
  const limit = template.limits.cpuCores;
  return {
    key,
    workload: pod.workload,
    behaviour,
    truth,
    slowFactor: pod.slowFactor,
    own: { weight: 1, meanMs: base.meanMs * factor, varianceMs2: base.varianceMs2 * factor * factor },
    delayMs: path.delayMs,
    lossRatio: path.lossRatio,
    cpuRps:
      limit === undefined || behaviour.cpuMsPerRequest <= 0
        ? Number.POSITIVE_INFINITY
        : (limit * 1000) / behaviour.cpuMsPerRequest,
    pods: 0,
    backlog: 0,
    share: 0,
    responseMs: base.meanMs * factor,
    step: undefined,
  };
}

/** The path from customers or from the pods of a caller to a pod. Until a network changes for the first time all paths of a site are alike, which keeps five thousand pods cheap. Callers are sampled: the first eight nodes that they run on; a pod counts as unreachable when most of those do not reach it. */
export function createPaths(network: Network, callers: () => readonly Pod[] | undefined): (pod: Pod) => Path {
  const known = new Map<string, Path>();
  let callerNodes: readonly string[] | undefined;
  const sources = () => {
    const pods = callers();
    if (pods === undefined) return undefined;
    const nodes = new Set<string>();
    for (const pod of pods) {
      if (pod.node !== undefined) nodes.add(pod.node);
      if (nodes.size === 8) break;
    }
    return [...nodes];
  };
  return (pod) => {
    if (pod.node === undefined) return { reachable: true, delayMs: 0, lossRatio: 0 };
    const found = known.get(pod.node);
    if (found !== undefined) return found;
    if (known.size === 0) callerNodes = sources();
    const to = { node: pod.node };
    const from =
      callerNodes === undefined ? [{ outside: true } as const] : callerNodes.map((node) => ({ node }) as const);
    const reaching = from.filter((place) => network.connects(place, to));
    const mean = (values: readonly number[]) =>
      values.length === 0 ? 0 : Math.round((values.reduce((a, b) => a + b, 0) / values.length) * 100) / 100;
    const path = {
      reachable: from.length === 0 || reaching.length * 2 >= from.length,
      delayMs: mean(reaching.map((place) => (network.delayMs(place, to) + network.delayMs(to, place)) / 2)),
      lossRatio: mean(reaching.map((place) => Math.max(network.lossRatio(place, to), network.lossRatio(to, place)))),
    };
    known.set(pod.node, path);
    return path;
  };
}
