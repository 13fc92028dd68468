/** Facts of pods, and whose pods they are. Pure. */
import type { Site, Workload } from '../../../domain/topology.ts';
import { conditionOf, type PodObject } from './objects.ts';
import type { Reading } from './teller.ts';

/** The workload of the topology that a pod belongs to; undefined for a stranger. */
export function workloadOf(site: Site, { metadata }: PodObject): Workload | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller !== false);
  if (owner === undefined) return undefined;
  const hash = metadata.labels?.['pod-template-hash'];
  // A Deployment owns its pods through a ReplicaSet that is called after it and the hash of its template.
  const [kind, name] =
    owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)
      ? ['Deployment', owner.name.slice(0, -hash.length - 1)]
      : [owner.kind, owner.name];
  return site.workloads.find(
    (workload) => workload.kind === kind && workload.name === name && workload.namespace === metadata.namespace,
  );
}

/** The facts of one pod. `pod` undefined: it is gone; one that is being deleted or has ended counts as gone. */
export function podFacts(
  subject: { readonly site: string; readonly workload: string; readonly pod: string },
  pod: PodObject | undefined,
  nodeOf: (container: string) => string | undefined,
): readonly Reading[] {
  const there = pod !== undefined && isThere(pod);
  const container = there ? pod.spec.nodeName : undefined;
  const ready = there ? conditionOf(pod.status?.conditions, 'Ready')?.status === 'True' : null;
  const node = container === undefined ? null : (nodeOf(container) ?? container);
  return [
    { fact: 'pod.node', subject, value: node },
    { fact: 'pod.ready', subject, value: ready },
  ];
}

function isThere({ metadata, status }: PodObject): boolean {
  return metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}
