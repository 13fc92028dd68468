/** Which workload an autoscaler scales. Apart because an API server takes any target, and what it then scales is found only among all objects. */
import { didYouMean, knownWords } from '../../base/errors.ts';
import type { Autoscaler } from '../../domain/autoscaler.ts';
import type { Workload } from '../../domain/topology.ts';
import { readAutoscaler } from './autoscaler.ts';
import type { Field } from './field.ts';
import type { NotModelledList } from './not-modelled.ts';
import type { SiteObjects } from './objects.ts';
import { nameOf, namespaceOf } from './workload.ts';

/** What an autoscaler is read among. */
export interface Surroundings {
  /** Minor version of Kubernetes. */
  readonly minor: number;
  readonly objects: SiteObjects;
  readonly notModelled: NotModelledList;
}

/** Two autoscalers of one workload fight; Kubernetes then refuses to scale at all. */
export function readAutoscalers(workloads: readonly Workload[], around: Surroundings): Autoscaler[] {
  const read: Autoscaler[] = [];
  for (const object of around.objects.of('HorizontalPodAutoscaler')) {
    const autoscaler = findTarget(object, workloads, around);
    if (autoscaler === undefined) continue;
    const rival = read.find((one) => one.workload === autoscaler.workload);
    if (rival !== undefined)
      object.complain(`Expected one autoscaler of ${autoscaler.workload}, got ${rival.name} and ${autoscaler.name}`);
    read.push(autoscaler);
  }
  return read;
}

const scalable: readonly string[] = ['Deployment', 'StatefulSet'];
/** Kinds of Kubernetes' own that have a scale, and the groups that they lie in. */
const scalableKinds: readonly string[] = [...scalable, 'ReplicaSet', 'ReplicationController'];
const scalableGroups: readonly string[] = ['', 'v1', 'apps', 'extensions'];

function findTarget(
  object: Field,
  workloads: readonly Workload[],
  { minor, objects, notModelled }: Surroundings,
): Autoscaler | undefined {
  const reference = object.get('spec').get('scaleTargetRef').required();
  const kind = reference.get('kind').required().text();
  const name = reference.get('name').required().text();
  if (kind === undefined || name === undefined) return undefined;
  const native = scalableGroups.includes((reference.get('apiVersion').text() ?? '').split('/')[0]!);
  if (!native || (!scalable.includes(kind) && kind !== 'DaemonSet')) {
    if (native && !objects.kinds.has(kind) && isMisspelt(kind)) complainKind(reference.get('kind'), kind);
    else
      notModelled.add(`HorizontalPodAutoscaler.spec.scaleTargetRef (${kind})`, reference.place, [
        'autoscaling',
        'services',
      ]);
    return undefined;
  }
  const candidates = workloads.filter(
    (workload) => scalable.includes(workload.kind) && workload.namespace === namespaceOf(object),
  );
  const target = candidates.find(
    (workload) =>
      workload.kind === kind && (workload.name === name || workload.name.startsWith(`${name}.${workload.namespace}`)),
  );
  if (target !== undefined) return readAutoscaler(object, target, minor, notModelled);
  if (!objects.whole) return undefined;
  const known = candidates.map((workload) => `${workload.kind}/${workload.name}`);
  reference.complain(
    `Expected HorizontalPodAutoscaler ${nameOf(object)} to scale a known workload, got \`${kind}/${name}\``,
    knownWords('Known', `${kind}/${name}`, known),
  );
  return undefined;
}

/** Any kind may have a scale, so only one that is nearly Kubernetes' own is a slip. */
function isMisspelt(kind: string): boolean {
  return !scalableKinds.includes(kind) && didYouMean(kind, scalableKinds) !== undefined;
}

function complainKind(field: Field, kind: string): void {
  field.complain(
    `Expected \`${field.path}\` to be a kind that can be scaled, got \`${kind}\``,
    knownWords('Kinds', kind, scalableKinds),
  );
}
