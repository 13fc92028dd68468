/** Calls to a site's API that may be down, coming back, or slow: tried again until they pass. Apart so that every verb is patient in the same way. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import type { Kube } from '../kube.ts';

/** One call that does not answer is given up after this, ms: a frozen API server keeps connections open. */
const callLimitMs = 5_000;
const againAfterMs = 250;

/** What names an object. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** HTTP status of an error of the client library; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

/** The server's own words, if it said any. */
export function messageOf(error: unknown): string {
  const { body, message } = error as { body?: unknown; message?: string };
  try {
    const said = typeof body === 'string' ? (JSON.parse(body) as { message?: string }) : (body as { message?: string });
    return said?.message ?? message ?? String(error);
  } catch {
    return message ?? String(error);
  }
}

/** One call with a limit. */
export async function once<T>(call: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${callLimitMs / 1000} s`)), callLimitMs);
  });
  try {
    return await Promise.race([call(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Final answers; a server that just started may say 403 before it has read its roles, and 404 of a resource group that is not served yet is rare enough to be believed. */
const final: readonly number[] = [400, 404, 405, 409, 410, 413, 422];

/** Tries until it passes, the answer is final, or the signal aborts; then throws what the last try threw. */
export async function patiently<T>(what: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await once(call);
    } catch (cause) {
      const status = statusOf(cause);
      if (signal.aborted || (status !== undefined && final.includes(status)))
        throw new OperatingError(`Failed to ${what}: ${messageOf(cause)}`, { cause });
    }
    await sleep(againAfterMs);
  }
}

/** The object as the API tells it now; undefined when there is none. Throws when nothing answers. */
export async function readObject<T extends KubernetesObject>(kube: Kube, of: Reference): Promise<T | undefined> {
  try {
    return (await once(() => kube.objects.read(of as never))) as unknown as T;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Changes single fields (RFC 7386: null removes). */
export function mergeObject(kube: Kube, of: Reference, change: Change, signal: AbortSignal): Promise<void> {
  return patchObject(kube, of, change, 'MergePatch', signal);
}

/** The same, and lists are merged by their keys: a container by its name. */
export function strategicObject(kube: Kube, of: Reference, change: Change, signal: AbortSignal): Promise<void> {
  return patchObject(kube, of, change, 'StrategicMergePatch', signal);
}

/** Gives a workload another pod template, whole (RFC 6902: what the old one had beside is gone). */
export async function replaceTemplate(kube: Kube, of: Reference, template: object, signal: AbortSignal): Promise<void> {
  const { PatchStrategy, setHeaderOptions } = await import('@kubernetes/client-node');
  const { name, namespace = '' } = of.metadata;
  const what = { name, namespace, body: [{ op: 'replace', path: '/spec/template', value: template }] };
  const options = setHeaderOptions('Content-Type', PatchStrategy.JsonPatch);
  const { apps } = kube;
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    Deployment: () => apps.patchNamespacedDeployment(what, options),
    StatefulSet: () => apps.patchNamespacedStatefulSet(what, options),
    DaemonSet: () => apps.patchNamespacedDaemonSet(what, options),
  };
  await patiently(`change ${of.kind} ${name}`, signal, calls[of.kind]!);
}

type Change = Readonly<Record<string, unknown>>;

async function patchObject(
  kube: Kube,
  of: Reference,
  change: Change,
  strategy: 'MergePatch' | 'StrategicMergePatch',
  signal: AbortSignal,
): Promise<void> {
  const { PatchStrategy } = await import('@kubernetes/client-node');
  const { metadata, ...rest } = change as { metadata?: object };
  const body = { ...of, ...rest, metadata: { ...metadata, ...of.metadata } };
  await patiently(`change ${of.kind} ${of.metadata.name}`, signal, () =>
    kube.objects.patch(body as never, undefined, undefined, 'elevenproof', undefined, PatchStrategy[strategy]),
  );
}

/** A read and a change on top of it, again with a fresh copy when somebody else was quicker (409), a few times. */
export async function withFreshCopy(change: () => Promise<void>): Promise<void> {
  for (let left = 5; ; left--) {
    try {
      return await change();
    } catch (error) {
      if (left === 0 || statusOf((error as { cause?: unknown }).cause ?? error) !== 409) throw error;
    }
  }
}
