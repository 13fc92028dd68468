/** The scheduler of one site: a queue of pods without a node, filters, scores, binds at its client's pace. Pods that fit nowhere wait until something changes. */
import type { Ms } from '../../../base/clock.ts';
import type { Site } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';
import type { ControlPlane, Nodes } from '../../model.ts';
import { createWritePace, schedulerWrites } from '../control-plane/write-pace.ts';
import { createNodeChoice } from './node-choice.ts';
import { schedulingBackOffMs, watchDelayMs } from './pod-constants.ts';
import type { PodRecord, WorkloadState } from './pod-record.ts';
import type { PodStore } from './pod-store.ts';

/** The scheduler of one site. */
export interface Scheduler {
  /** CPU requested on each node, cores. */
  requestedCpu(node: string): number;
  /** Nodes or leadership changed: pods that wait may fit now. */
  look(): void;
}

/** Pods that wait for the same thing: if one fits nowhere, none does. */
interface Group {
  readonly pods: Set<PodRecord>;
  backOffMs: Ms;
  notBeforeMs: Ms;
  /** World version at which the first of them did not fit. */
  failedAt: number;
}

/** A scheduler with an empty queue. */
export function createScheduler(
  kernel: Kernel,
  site: Site,
  states: () => readonly WorkloadState[],
  deps: { readonly controlPlane: ControlPlane; readonly nodes: Nodes },
  store: PodStore,
): Scheduler {
  const { controlPlane, nodes } = deps;
  const pace = createWritePace(kernel, schedulerWrites);
  const groups = new Map<string, Group>();
  const choice = createNodeChoice(kernel, site, states, nodes);
  /** Local volumes stay on the node of their first use (rancher local-path of kind). */
  const volumes = new Map<string, string>();
  const booked = new Set<PodRecord>();
  let version = 0;
  let wakeMs: Ms | undefined;
  let cancel: (() => void) | undefined;

  const volumeNode = (pod: PodRecord) =>
    pod.of.spec.template.volumeClaims.length === 0 ? undefined : volumes.get(pod.name);
  const keyOf = (pod: PodRecord) => `${pod.workload}|${pod.pinned ?? volumeNode(pod) ?? ''}`;
  const wake = (atMs: Ms) => {
    if (wakeMs !== undefined && wakeMs <= atMs) return;
    cancel?.();
    wakeMs = atMs;
    cancel = kernel.at(atMs, () => {
      wakeMs = undefined;
      work();
    });
  };
  const bind = (pod: PodRecord, node: string) => {
    booked.add(pod);
    choice.reserve(pod, node);
    kernel.at(pace.reserve(), () => {
      booked.delete(pod);
      if (pod.gone) return;
      if (controlPlane.scheduler(site.name) === undefined) {
        choice.free(pod);
        enqueue(pod);
        return;
      }
      if (pod.of.spec.template.volumeClaims.length > 0) volumes.set(pod.name, node);
      store.bind(pod, node);
    });
  };
  const place = (group: Group, pod: PodRecord) => {
    const only = pod.pinned ?? volumeNode(pod);
    const node = choice.choose(pod, only);
    if (node === undefined) {
      group.failedAt = version;
      group.backOffMs = Math.min(schedulingBackOffMs.most, Math.max(schedulingBackOffMs.first, group.backOffMs * 2));
      group.notBeforeMs = kernel.now() + group.backOffMs;
      return false;
    }
    group.pods.delete(pod);
    group.backOffMs = 0;
    bind(pod, node);
    return true;
  };
  const work = () => {
    if (controlPlane.scheduler(site.name) === undefined) return;
    for (const [key, group] of groups) {
      if (group.failedAt === version) continue;
      if (group.notBeforeMs > kernel.now()) {
        wake(group.notBeforeMs);
        continue;
      }
      for (const pod of [...group.pods]) if (!place(group, pod)) break;
      if (group.pods.size === 0) groups.delete(key);
    }
  };
  const enqueue = (pod: PodRecord) => {
    const key = keyOf(pod);
    const group = groups.get(key) ?? { pods: new Set(), backOffMs: 0, notBeforeMs: 0, failedAt: -1 };
    groups.set(key, group);
    group.pods.add(pod);
    wake(kernel.now() + watchDelayMs);
  };
  const look = () => {
    version++;
    if (groups.size > 0) wake(kernel.now() + watchDelayMs);
  };
  store.on((pod, change) => {
    if (pod.site !== site.name) return;
    if (change === 'added' && pod.node === undefined) enqueue(pod);
    if (change === 'added' && pod.node !== undefined) choice.reserve(pod, pod.node);
    if (change === 'deleted') choice.terminating(pod, 1);
    if (change === 'revived') choice.terminating(pod, -1);
    if (change !== 'removed') {
      if (change === 'deleted') look();
      return;
    }
    choice.free(pod);
    if (pod.node === undefined && !booked.has(pod)) groups.get(keyOf(pod))?.pods.delete(pod);
    look();
  });
  return {
    requestedCpu: choice.requestedCpu,
    look: () => {
      choice.nodesChanged();
      look();
    },
  };
}
