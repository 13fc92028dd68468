/** Groups the pods behind a Service into classes of alike pods, so that a bucket costs the same for five pods and for five thousand. */
import type { Behaviour, Workload } from '../../domain/topology.ts';
import type { Network, Pod, PodTruth } from '../model.ts';
import { logNormalOf, type Mode } from './latency.ts';
import type { QueueStep } from './waiting.ts';

/** Alike pods: same workload, truth, speed and path. The mutable fields are the state of their common queue. */
export interface PodClass {
  readonly key: string;
  readonly workload: string;
  readonly behaviour: Behaviour;
  readonly truth: PodTruth;
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

/** Classes of one Service and which class each pod is in. */
export interface Grouping {
  readonly classes: readonly PodClass[];
  readonly ofPod: ReadonlyMap<number, PodClass>;
  /** Share of the pods that worked before and neither work nor answer any more. */
  readonly lostRatio: number;
}

/** How callers reach a pod. */
export interface Path {
  readonly reachable: boolean;
  readonly delayMs: number;
  readonly lossRatio: number;
}

/** A grouping without pods. */
export const noPods: Grouping = { classes: [], ofPod: new Map(), lostRatio: 0 };

/** Groups `targets`. Backlogs move with their pods; what waited in a pod that died is gone. */
export function groupPods(
  targets: readonly Pod[],
  before: Grouping,
  specOf: (pod: Pod) => Workload,
  pathTo: (pod: Pod) => Path,
): Grouping {
  const classes = new Map<string, PodClass>();
  const ofPod = new Map<number, PodClass>();
  let lost = 0;
  for (const pod of targets) {
    const path = pathTo(pod);
    const truth = path.reachable ? pod.truth : 'silent';
    const key = `${pod.workload}|${truth}|${pod.slowFactor}|${path.delayMs}|${path.lossRatio}`;
    let group = classes.get(key);
    if (group === undefined) {
      group = newClass(key, pod, truth, path, specOf(pod));
      const known = before.classes.find((old) => old.key === key);
      if (known !== undefined) group.responseMs = known.responseMs;
      classes.set(key, group);
    }
    group.pods++;
    ofPod.set(pod.uid, group);
    const old = before.ofPod.get(pod.uid);
    if (old === undefined || !works(old.truth)) continue;
    if (works(truth)) group.backlog += old.backlog / old.pods;
    else lost++;
  }
  let working = 0;
  for (const old of before.classes) if (works(old.truth)) working += old.pods;
  return { classes: [...classes.values()], ofPod, lostRatio: working > 0 ? lost / working : 0 };
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
