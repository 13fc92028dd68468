/** Waits until every workload of a site is as its object says, and tells what is not and why. Apart because the reason is what a person needs. */
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import type { Kube } from '../kube.ts';
import { nameOf } from './apply-objects.ts';
import { type Draft, workloadKinds } from './draft.ts';
import { inWords, pause } from './retrying.ts';

/** Between looks, ms. */
const lookMs = 500;

/** What a controller says of its workload. */
export interface WorkloadState {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly numberReady?: number;
    readonly updatedNumberScheduled?: number;
  };
}

/** How far a workload is: `3 of 4 ready`; undefined when it is as wanted. */
export function shortfall(kind: string, { metadata, spec, status = {} }: WorkloadState): string | undefined {
  if ((status.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return 'not looked at yet by its controller';
  const daemon = kind === 'DaemonSet';
  const wanted = daemon ? status.desiredNumberScheduled : (spec?.replicas ?? 1);
  const ready = (daemon ? status.numberReady : status.readyReplicas) ?? 0;
  const updated = (daemon ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0;
  const there = daemon ? updated : (status.replicas ?? 0);
  if (wanted === undefined) return 'not looked at yet by its controller';
  if (ready >= wanted && updated >= wanted && there <= Math.max(wanted, updated)) return undefined;
  return ready >= wanted ? `${updated} of ${wanted} new` : `${ready} of ${wanted} ready`;
}

/** Waits for all. Throws an OperatingError after `limitMs` that names each workload that is not ready, with what its pods say. */
export async function awaitReady(
  kube: Kube,
  drafts: readonly Draft[],
  { site, limitMs, signal }: { readonly site: string; readonly limitMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const endMs = performance.now() + limitMs;
  let open = drafts.filter(({ kind }) => workloadKinds.includes(kind));
  while (open.length > 0) {
    signal.throwIfAborted();
    const looked = await Promise.all(open.map(async (draft) => ({ draft, short: await look(kube, draft) })));
    const late = looked.filter(({ short }) => short !== undefined);
    open = late.map(({ draft }) => draft);
    if (open.length === 0) return;
    if (performance.now() > endMs) {
      const lines = late.map(async ({ draft, short }) => `${nameOf(draft)}: ${short}${await reasons(kube, draft)}`);
      const text = (await Promise.all(lines)).join('; ');
      throw new OperatingError(`Failed to deploy on ${site} within ${limitMs / 1000} s: ${text}`);
    }
    await pause(lookMs, signal);
  }
}

async function look(kube: Kube, draft: Draft): Promise<string | undefined> {
  try {
    const { apiVersion, kind, metadata } = draft;
    const found = await kube.objects.read({ apiVersion, kind, metadata: metadata as { name: string } });
    return shortfall(kind, found as WorkloadState);
  } catch (error) {
    return inWords(error);
  }
}

/** What the pods of a workload wait for, the most frequent first, and the newest warning. */
async function reasons(kube: Kube, draft: Draft): Promise<string> {
  const namespace = draft.metadata.namespace ?? 'default';
  const selector = (draft.spec?.selector as { matchLabels?: Record<string, string> } | undefined)?.matchLabels ?? {};
  const labelSelector = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  try {
    const pods = (await kube.core.listNamespacedPod({ namespace, labelSelector })).items;
    const events = (await kube.core.listNamespacedEvent({ namespace, fieldSelector: 'type=Warning' })).items;
    const said = [...new Set(pods.flatMap(podReasons)), ...newestWarning(pods, draft, events)];
    return said.length === 0 ? '' : ` (${said.slice(0, 3).join('; ')})`;
  } catch {
    return '';
  }
}

/** Why a pod is not ready: waiting containers, failed scheduling, or that it runs and says no. */
export function podReasons({ metadata, status }: V1Pod): readonly string[] {
  const unready = status?.conditions?.find(({ type, status: is }) => type === 'Ready' && is === 'True') === undefined;
  if (!unready) return [];
  const unplaced = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  if (unplaced !== undefined) return [`${unplaced.reason}: ${unplaced.message}`];
  const waiting = (status?.containerStatuses ?? []).flatMap(({ name, state, restartCount }) =>
    state?.waiting === undefined
      ? []
      : [`${name} ${state.waiting.reason}${restartCount > 0 ? ` after ${restartCount} restarts` : ''}`],
  );
  return waiting.length > 0 ? waiting : [`${metadata?.name} runs and is not ready`];
}

function newestWarning(pods: readonly V1Pod[], draft: Draft, events: readonly CoreV1Event[]): readonly string[] {
  const names = [draft.metadata.name, ...pods.map(({ metadata }) => metadata?.name)];
  const timeOf = (event: CoreV1Event) => Number(event.lastTimestamp ?? event.eventTime ?? 0);
  const ours = events
    .filter(({ involvedObject }) => names.includes(involvedObject.name))
    .sort((a, b) => timeOf(b) - timeOf(a));
  const [newest] = ours;
  return newest?.message === undefined ? [] : [`${newest.reason}: ${newest.message.slice(0, 200)}`];
}
