/** Evictions of a drain: every pod of a node but those of DaemonSets and static ones, respecting disruption budgets. Apart because they go on long after the drain landed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import type { Kube } from '../kube.ts';
import { once, statusOf } from './kube-calls.ts';

/** kubectl's own period after a refusal by a budget, ms. */
const againAfterMs = 5_000;
/** An operator gives up a drain at some time, ms. */
const limitMs = 900_000;

/** Whether a drain evicts it: not what a DaemonSet would put back, not the mirror of a static pod, not what has ended or is going. */
export function isEvicted({ metadata, status }: V1Pod): boolean {
  const daemon = (metadata?.ownerReferences ?? []).some(({ kind, controller }) => kind === 'DaemonSet' && controller);
  const mirror = metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined;
  const over = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return !daemon && !mirror && !over && metadata?.deletionTimestamp === undefined;
}

/** Evicts until none is left, `goesOn` says no, or the signal aborts. Never throws: an API that is down is asked again. */
export async function evictAll(
  kube: Kube,
  node: string,
  goesOn: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const untilMs = performance.now() + limitMs;
  while (!signal.aborted && performance.now() < untilMs) {
    try {
      if (!(await goesOn()) || (await evictOnce(kube, node)) === 0) return;
    } catch {}
    await sleep(againAfterMs, undefined, { signal }).catch(() => {});
  }
}

/** One round; gives how many were refused for now. */
async function evictOnce(kube: Kube, node: string): Promise<number> {
  const fieldSelector = `spec.nodeName=${node}`;
  const { items } = await once(() => kube.core.listPodForAllNamespaces({ fieldSelector }));
  const refused = await Promise.all(items.filter(isEvicted).map((pod) => evict(kube, pod)));
  return refused.filter(Boolean).length;
}

/** Gives whether it was refused for now. 429: a budget does not allow it at present. */
async function evict(kube: Kube, { metadata }: V1Pod): Promise<boolean> {
  const { name = '', namespace = '' } = metadata ?? {};
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  try {
    await once(() => kube.core.createNamespacedPodEviction({ name, namespace, body }));
    return false;
  } catch (error) {
    return statusOf(error) !== 404;
  }
}
