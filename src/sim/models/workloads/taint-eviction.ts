/** What becomes of the pods of a node that the control plane has given up: marked not ready, evicted after their tolerations, force-deleted when the node is declared out of service. */
import type { Cancel, Ms } from '../../../base/clock.ts';
import type { Taint } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';
import type { ControlPlane, NodeName, Nodes } from '../../model.ts';
import type { Controllers } from './controllers.ts';
import { bears, borneMs } from './labels.ts';
import { defaultTolerationSeconds, podGarbageMs } from './pod-constants.ts';
import type { PodLives } from './pod-life.ts';
import type { PodRecord } from './pod-record.ts';
import type { PodStore } from './pod-store.ts';

/** How long the pod bears the NoExecute taint, ms; admission has given pods without a word on not-ready and unreachable 300 s, and the DaemonSet controller has given its pods for ever. */
export function patienceMs(pod: PodRecord, key: string): number {
  const { template, kind } = pod.of.spec;
  const outOfService = key === 'node.kubernetes.io/out-of-service';
  const taint: Taint = { key, value: outOfService ? 'nodeshutdown' : '', effect: 'NoExecute' };
  if (outOfService) return borneMs(template.tolerations, taint);
  if (kind === 'DaemonSet') return Number.POSITIVE_INFINITY;
  const spoken = template.tolerations.some((toleration) => bears({ ...toleration, operator: 'Exists' }, taint));
  return spoken ? borneMs(template.tolerations, taint) : defaultTolerationSeconds * 1000;
}

/** Follows the signals of the nodes from now on. */
export function followTaints(
  kernel: Kernel,
  deps: { readonly nodes: Nodes; readonly controlPlane: ControlPlane },
  controllers: Controllers,
  lives: PodLives,
  store: PodStore,
): void {
  const { nodes } = deps;
  const timers = new Map<NodeName, Map<PodRecord, Cancel>>();
  const last = new Map<NodeName, { ready: string; outOfService: boolean }>();
  const collecting = new Set<NodeName>();
  const garbagePhase = kernel.random('pod-garbage').int(0, podGarbageMs - 1);

  const cancelAll = (node: NodeName) => {
    for (const cancel of timers.get(node)?.values() ?? []) cancel();
    timers.delete(node);
  };
  const evict = (pod: PodRecord, still: () => boolean) =>
    controllers.write('taint-eviction', pod.site, () => {
      if (still()) store.markDeleted(pod);
    });
  /** A taint that no heartbeat takes off again: the pod goes when its patience ends, if the taint is still the same. */
  const after = (pod: PodRecord, waitMs: number, still: () => boolean) => {
    if (waitMs === Number.POSITIVE_INFINITY) return;
    kernel.after(waitMs, () => {
      if (!pod.gone && still()) evict(pod, still);
    });
  };
  /** Since when each node is out of service, or was last. */
  const taken = new Map<NodeName, Ms>();
  const bearOutOfService = (pod: PodRecord, node: NodeName) => {
    const sinceMs = taken.get(node);
    const still = () => nodes.get(node).outOfService && taken.get(node) === sinceMs;
    after(pod, patienceMs(pod, 'node.kubernetes.io/out-of-service'), still);
  };
  const watch = (pod: PodRecord, node: NodeName, key: string, sinceMs: number) => {
    const waitMs = patienceMs(pod, key);
    if (waitMs === Number.POSITIVE_INFINITY) return;
    const own = timers.get(node) ?? new Map<PodRecord, Cancel>();
    timers.set(node, own);
    own.get(pod)?.();
    own.set(
      pod,
      kernel.at(sinceMs + waitMs, () => evict(pod, () => nodes.get(node).noExecuteSinceMs === sinceMs)),
    );
  };
  /** pkg/controller/nodelifecycle MarkPodsNotReady: only when the monitor itself turned the node, and one write after the other. */
  const markPods = (node: NodeName) => {
    for (const pod of store.onNode(node))
      controllers.write('node-lifecycle', pod.site, () => {
        if (pod.gone || !pod.ready || nodes.get(node).ready === 'True') return;
        store.update(pod, { ready: false });
        lives.correct(pod);
      });
  };
  const collect = (node: NodeName) => {
    const now = kernel.now();
    const nextMs = garbagePhase + Math.floor((now - garbagePhase) / podGarbageMs + 1) * podGarbageMs;
    if (collecting.has(node)) return;
    collecting.add(node);
    kernel.at(nextMs, () => {
      collecting.delete(node);
      const { outOfService, ready, site } = nodes.get(node);
      if (!outOfService || ready === 'True') return;
      if (controllers.acts(site))
        for (const pod of [...store.onNode(node)]) if (pod.deletedMs !== undefined) store.remove(pod);
      if ([...store.onNode(node)].length > 0) collect(node);
    });
  };
  nodes.tainted.on(({ node, key, sinceMs }) => {
    for (const pod of store.onNode(node)) watch(pod, node, key, sinceMs);
  });
  nodes.changed.on(({ node }) => {
    const { ready, outOfService, noExecuteSinceMs } = nodes.get(node);
    const before = last.get(node) ?? { ready: 'True', outOfService: false };
    last.set(node, { ready, outOfService });
    if (noExecuteSinceMs === undefined) cancelAll(node);
    if (ready === 'Unknown' && before.ready === 'True') markPods(node);
    if (outOfService && !before.outOfService) {
      taken.set(node, kernel.now());
      for (const pod of store.onNode(node)) bearOutOfService(pod, node);
    }
    if (outOfService && ready !== 'True') collect(node);
  });
  store.on((pod, change) => {
    if (change === 'removed' && pod.node !== undefined) {
      timers.get(pod.node)?.get(pod)?.();
      timers.get(pod.node)?.delete(pod);
    }
    if (change !== 'bound') return;
    const { noExecuteKey, noExecuteSinceMs, outOfService, spec } = nodes.get(pod.node!);
    for (const taint of spec.taints)
      if (taint.effect === 'NoExecute') after(pod, borneMs(pod.of.spec.template.tolerations, taint), () => true);
    if (outOfService) bearOutOfService(pod, pod.node!);
    if (noExecuteKey !== undefined) watch(pod, pod.node!, noExecuteKey, Math.max(noExecuteSinceMs!, kernel.now()));
  });
}
