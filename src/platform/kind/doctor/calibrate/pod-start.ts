/** How long a node takes to start a pod whose image is present: sandbox, network, container. */
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatingError } from '../../../../base/errors.ts';
import type { Kube } from '../../kube.ts';
import { spreadOf } from './spread.ts';

const samples = 8;
const pollMs = 50;
const limitMs = 60_000;
const namespace = 'default';

/** Pods on one worker, one after the other, bound to it from birth: from the order until the API says that the container runs. Each is removed again. */
export async function measurePodStart(
  kube: Kube,
  signal: AbortSignal,
): Promise<{ readonly p50: number; readonly p95: number }> {
  const { node, image } = await nodeAndImage(kube);
  const tookMs: number[] = [];
  for (let i = 0; i <= samples; i++) {
    const ms = await startOne(kube, `elevenproof-calibration-${i}`, node, image, signal);
    if (i > 0) tookMs.push(ms);
  }
  return spreadOf(tookMs);
}

/** A worker, and the image of sandboxes, which every node has and which runs without arguments. */
async function nodeAndImage({ core }: Kube): Promise<{ readonly node: string; readonly image: string }> {
  const { items } = await core.listNode();
  const control = 'node-role.kubernetes.io/control-plane';
  const worker = items.find(({ metadata }) => metadata?.labels?.[control] === undefined) ?? items[0];
  const names = worker?.status?.images?.flatMap((each) => each.names ?? []) ?? [];
  const image = names.find((name) => /\/pause:[\w.-]+$/.test(name));
  if (worker?.metadata?.name === undefined || image === undefined)
    throw new OperatingError('Failed to measure the start of a pod: no node with the image of sandboxes');
  return { node: worker.metadata.name, image };
}

async function startOne(kube: Kube, name: string, node: string, image: string, signal: AbortSignal): Promise<number> {
  const container = { name: 'pause', image, imagePullPolicy: 'Never' };
  const spec = { nodeName: node, containers: [container], terminationGracePeriodSeconds: 0 };
  const startMs = performance.now();
  await kube.core.createNamespacedPod({ namespace, body: { metadata: { name }, spec } });
  try {
    for (;;) {
      signal.throwIfAborted();
      const { status } = await kube.core.readNamespacedPod({ name, namespace });
      if (status?.phase === 'Running') return performance.now() - startMs;
      if (performance.now() - startMs > limitMs)
        throw new OperatingError(`Failed to start pod ${name} on ${node}: it did not run within ${limitMs / 1000} s`);
      await sleep(pollMs, undefined, { signal });
    }
  } finally {
    await kube.core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 }).catch(() => undefined);
  }
}
