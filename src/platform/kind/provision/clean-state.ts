/** Whether a pair is as good as new for another scenario: nothing left of earlier faults, and nothing warm. Apart because a figure measured on what is not would be another figure. */
import type { V1Pod } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import type { Machine } from '../ground.ts';
import type { Kube } from '../kube.ts';
import { type Gated, gate } from './gate.ts';
import { type NodeTraces, parseTraces, traceScript } from './node-traces.ts';
import { containersOf, nameOf } from './pair-containers.ts';

/** What keeps a pair from being as good as new. */
export interface PairState {
  /** What earlier faults left, in words. Nothing mends it here: take another pair. */
  readonly leftovers: readonly string[];
  /** Nodes of which a control plane's container was restarted within the last ten minutes: its next restart waits in back-off. {@link coolDown} mends it. */
  readonly warm: readonly Machine[];
}

/** The kubelet forgets a container's restarts after this, ms. Source: kubelet, MaxContainerBackOff doubled is 10 min. */
export const warmMs = 600_000;

/** Looks at every container and node. The gate is another matter: it says whether the clusters serve. */
export async function pairState(pair: Gated, nowMs = Date.now()): Promise<PairState> {
  const machines = pair.ground.sites.flatMap((site) => site.machines);
  const [containers, looks, pods, nodes] = await Promise.all([
    containerTraces(pair),
    Promise.all(machines.map((machine) => look(pair, machine))),
    everySite(pair, (kube) =>
      kube.core.listNamespacedPod({ namespace: 'kube-system', labelSelector: 'tier=control-plane' }),
    ),
    everySite(pair, (kube) => kube.core.listNode()),
  ]);
  const cordoned = nodes.filter(({ spec }) => spec?.unschedulable === true);
  return {
    leftovers: [
      ...containers,
      ...machines.flatMap(({ node }, i) => looks[i]!.traces.map((trace) => `${node}: ${trace}`)),
      ...cordoned.map(({ metadata }) => `${metadata?.name}: cordoned`),
    ],
    warm: machines.filter(({ container }, i) => isWarm(podsOn(container, pods), looks[i]!.kubeletSinceMs, nowMs)),
  };
}

async function look({ engine }: Gated, { container }: Machine): Promise<NodeTraces> {
  return parseTraces((await engine.exec(container, ['bash', '-c', traceScript])).stdout);
}

async function containerTraces({ ground, engine }: Gated): Promise<readonly string[]> {
  const containers = await containersOf(ground.id, engine);
  return containers.filter(({ State }) => State !== 'running').map((info) => `${nameOf(info)}: ${info.State}`);
}

async function everySite<T>(pair: Gated, list: (kube: Kube) => Promise<{ items: T[] }>): Promise<readonly T[]> {
  const lists = await Promise.all(pair.ground.sites.map(({ name }) => list(pair.kube(name))));
  return lists.flatMap(({ items }) => items);
}

function podsOn(node: string, pods: readonly V1Pod[]): readonly V1Pod[] {
  return pods.filter(({ spec }) => spec?.nodeName === node);
}

/** Whether a container among these ended within the last ten minutes and under this kubelet: a kubelet that started since then has no memory of it. */
export function isWarm(pods: readonly V1Pod[], kubeletSinceMs: number, nowMs: number): boolean {
  const ends = pods
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? [])
    .map((at) => at.getTime());
  return ends.some((endMs) => endMs > kubeletSinceMs && endMs > nowMs - warmMs);
}

/** Makes warm nodes cold: their kubelets are restarted, which forget what they waited for; no container ends by it. Then the gate. */
export async function coolDown(pair: Gated, warm: readonly Machine[], signal: AbortSignal): Promise<void> {
  const restart = ['systemctl', 'restart', 'kubelet'];
  await Promise.all(warm.map(({ container }) => pair.engine.exec(container, restart, { limitMs: 60_000 })));
  await gate(pair, signal);
}

/** Brings a ready pair that was used before to where another scenario may begin: clean and cold. Throws an OperatingError that names what an earlier one left. */
export async function freshen(pair: Gated, signal: AbortSignal): Promise<void> {
  const { leftovers, warm } = await pairState(pair);
  if (leftovers.length > 0)
    throw new OperatingError(`Expected clusters as good as new, found ${leftovers.join('; ')}`, {
      hint: 'Heal the run that left it, or make new ones: elevenproof down, then up',
    });
  if (warm.length > 0) await coolDown(pair, warm, signal);
}
