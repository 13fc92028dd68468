/** Revisions of a workload: the one that runs, the one before, and what makes a pod template another one. Pure, on objects as the API gives them. */
import type { V1ControllerRevision, V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';

/** Annotation of a pod template: how good the release is, read by the reference workload and by the simulator. */
export const releaseNote = 'elevenproof.dev/release';
/** Annotation of a pod template: which act of ours made the revision. */
export const releasedBy = 'elevenproof.dev/released-by';

/** What a release of ours changes in a pod template. */
export interface Release {
  readonly image: string | undefined;
  readonly release: string | undefined;
  readonly by: string | undefined;
}

/** Those fields of a template as it stands. */
export function releaseOf(template: V1PodTemplateSpec | undefined): Release {
  const notes = template?.metadata?.annotations ?? {};
  return { image: template?.spec?.containers[0]?.image, release: notes[releaseNote], by: notes[releasedBy] };
}

/** A strategic merge patch of `spec` that gives the template these fields; null takes one away. */
export function templatePatch(container: string, { image, release, by }: Release): object {
  return {
    template: {
      metadata: { annotations: { [releaseNote]: release ?? null, [releasedBy]: by ?? null } },
      spec: { containers: [{ name: container, ...(image !== undefined && { image }) }] },
    },
  };
}

/** Number of a Deployment's revision. */
const numberOf = ({ metadata }: V1ReplicaSet) =>
  Number(metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? 0);

/** The template of the revision before the newest one of a Deployment, without what its controller added; undefined when there is none. */
export function templateBefore(sets: readonly V1ReplicaSet[]): V1PodTemplateSpec | undefined {
  const before = [...sets].sort((a, b) => numberOf(b) - numberOf(a))[1]?.spec?.template;
  if (before === undefined) return undefined;
  const { 'pod-template-hash': _, ...labels } = before.metadata?.labels ?? {};
  return { ...before, metadata: { ...before.metadata, labels } };
}

/** The same for StatefulSets and DaemonSets, whose revisions are patches that replace the template. */
export function patchedTemplateBefore(revisions: readonly V1ControllerRevision[]): object | undefined {
  const [, before] = [...revisions].sort((a, b) => b.revision - a.revision);
  const data = before?.data as { spec?: { template?: Record<string, unknown> } } | undefined;
  if (data?.spec?.template === undefined) return undefined;
  const { $patch: _, ...template } = data.spec.template;
  return template;
}
