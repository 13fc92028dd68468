/** Gives objects to a cluster by server-side apply, so that a second deployment of the same changes nothing. Apart from what is given, which is decided before. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { Kube } from '../kube.ts';
import { type Draft, workloadKinds } from './draft.ts';
import { inOrder } from './place-objects.ts';
import { retrying } from './retrying.ts';
import { strangeNotes } from './tell-pods.ts';

/** Under this name the API server keeps which fields are ours. */
export const fieldManager = 'elevenproof';

/** Applies all objects, group after group. Throws an OperatingError that names the object. */
export async function applyObjects(kube: Kube, drafts: readonly Draft[], signal: AbortSignal): Promise<void> {
  for (const group of inOrder(drafts)) await Promise.all(group.map((draft) => applyObject(kube, draft, signal)));
}

async function applyObject(kube: Kube, draft: Draft, signal: AbortSignal): Promise<void> {
  const { PatchStrategy } = await import('@kubernetes/client-node');
  const apply = (object: Draft) =>
    kube.objects.patch(
      object as KubernetesObject,
      undefined,
      undefined,
      fieldManager,
      true,
      PatchStrategy.ServerSideApply,
    );
  const found = await retrying(`apply ${nameOf(draft)}`, signal, () => apply(draft));
  if (!workloadKinds.includes(draft.kind)) return;
  // Notes that others left on the pods would go on to be obeyed.
  const strange = strangeNotes(draft, found as unknown as Draft);
  if (strange.length === 0) return;
  const nothing = Object.fromEntries(strange.map((key) => [key, null]));
  const patch = { ...head(draft), spec: { template: { metadata: { annotations: nothing } } } };
  await retrying(`restore ${nameOf(draft)}`, signal, () =>
    kube.objects.patch(patch as KubernetesObject, undefined, undefined, undefined, undefined, PatchStrategy.MergePatch),
  );
}

function head({ apiVersion, kind, metadata: { name, namespace } }: Draft) {
  return { apiVersion, kind, metadata: { name, namespace } };
}

/** `Deployment order-desk/orders`. */
export function nameOf({ kind, metadata: { name, namespace } }: Draft): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
