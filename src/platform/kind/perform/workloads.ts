/** Verbs on workloads: release, rollback, scale, and what takes them back. What was there before ours is an annotation on the object. */
import type { V1ControllerRevision, V1ReplicaSet } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import { patiently } from './kube-calls.ts';
import { patchedTemplateBefore, type Release, releaseOf, templateBefore, templatePatch } from './revisions.ts';
import { shortHash } from './short-hash.ts';
import { actIdOf, type Doing, type Job, limitsMs, numberOf, type VerbGroup } from './verb.ts';
import { type WorkloadObject, workloadObject } from './workload-object.ts';

const scaledMark = 'elevenproof.dev/before-scaling';
/** One per release: of several, each is taken back by itself. */
const releaseMark = (actId: string) => `elevenproof.dev/before-release-${shortHash(actId)}`;

type Object_ = ReturnType<typeof workloadObject>;

const noteOf = (object: WorkloadObject, mark: string) => object.metadata?.annotations?.[mark];

/** Counts up with every new revision: the controller's own number where it has one. */
async function revisionOf(object: Object_): Promise<string> {
  const now = await object.read();
  return (
    now.status?.updateRevision ??
    noteOf(now, 'deployment.kubernetes.io/revision') ??
    newest(await revisions(object, now))
  );
}

const newest = (all: readonly { readonly revision?: number }[]) =>
  String(Math.max(0, ...all.map((each) => each.revision ?? 0)));

async function owned<T extends { metadata?: { ownerReferences?: { uid: string }[] } }>(
  object: WorkloadObject,
  list: () => Promise<{ items: T[] }>,
): Promise<readonly T[]> {
  const { items } = await list();
  return items.filter(({ metadata }) => metadata?.ownerReferences?.some(({ uid }) => uid === object.metadata?.uid));
}

const sets = ({ kube, namespace }: Object_, now: WorkloadObject): Promise<readonly V1ReplicaSet[]> =>
  owned(now, () => kube.apps.listNamespacedReplicaSet({ namespace }));
const revisions = ({ kube, namespace }: Object_, now: WorkloadObject): Promise<readonly V1ControllerRevision[]> =>
  owned(now, () => kube.apps.listNamespacedControllerRevision({ namespace }));

/** A new revision, told by the controller's own count. */
async function rolling(job: Job, object: Object_, act: () => Promise<void>): Promise<Doing> {
  const revision = () => revisionOf(object);
  const before = await patiently(`find ${object.says}`, job.signal, revision);
  return {
    act,
    probe: async () => {
      const now = await revision();
      return now === before ? undefined : `revision ${before} → ${now}`;
    },
  };
}

/** An image that is on no node could not be started: the release then keeps the image and is told by its annotation alone. */
async function imageFor(
  object: Object_,
  wanted: string | undefined,
  now: string | undefined,
): Promise<string | undefined> {
  const { items } = await object.kube.core.listNode();
  const names = items.flatMap(({ status }) => (status?.images ?? []).flatMap((image) => image.names ?? []));
  return wanted !== undefined && names.some((name) => name === wanted || name.endsWith(`/${wanted}`)) ? wanted : now;
}

async function release(job: Job): Promise<Doing> {
  const object = workloadObject(job);
  const { image, release: quality } = job.action.args;
  return rolling(job, object, async () => {
    const now = await object.readPatiently();
    const was = releaseOf(now.spec?.template);
    const id = actIdOf(job.action);
    if (was.by === id) return;
    const wanted = typeof image === 'string' ? image : undefined;
    const made: Release = {
      image: await patiently(`list the images of ${object.says}`, job.signal, () =>
        imageFor(object, wanted, was.image),
      ),
      release: typeof quality === 'string' ? quality : 'good',
      by: id,
    };
    await object.strategic({
      metadata: { annotations: { [releaseMark(id)]: JSON.stringify(was) } },
      spec: templatePatch(mainContainer(now), made),
    });
  });
}

function mainContainer({ spec }: WorkloadObject): string {
  const name = spec?.template.spec?.containers[0]?.name;
  if (name === undefined) throw new OperatingError('Its pod template has no container');
  return name;
}

/** Only what this very release made is taken back: somebody may have rolled back, or released something better, meanwhile. */
async function unrelease(job: Job): Promise<Doing> {
  const object = workloadObject(job);
  const id = actIdOf(job.action);
  const isOurs = (now: WorkloadObject) => releaseOf(now.spec?.template).by === id;
  return {
    act: async () => {
      const now = await object.readPatiently();
      const mark = noteOf(now, releaseMark(id));
      if (mark === undefined) return;
      const was = JSON.parse(mark) as Release;
      const gone = { metadata: { annotations: { [releaseMark(id)]: null } } };
      if (isOurs(now)) await object.strategic({ ...gone, spec: templatePatch(mainContainer(now), was) });
      else await object.merge(gone);
    },
    probe: async () => (isOurs(await object.read()) ? undefined : 'our release is no longer the newest'),
  };
}

async function rollback(job: Job): Promise<Doing> {
  const object = workloadObject(job);
  return rolling(job, object, async () => {
    const now = await object.readPatiently();
    const before =
      object.kind === 'Deployment'
        ? templateBefore(await sets(object, now))
        : patchedTemplateBefore(await revisions(object, now));
    if (before === undefined) throw new OperatingError(`${object.says} has no revision before this one`);
    await object.template(before);
  });
}

/** What scaling found. */
interface Scaled {
  readonly replicas: number;
  readonly autoscaler?: { readonly name: string; readonly replicasMin: number; readonly replicasMax: number };
}

async function scale(job: Job): Promise<Doing> {
  const object = workloadObject(job);
  const replicas = numberOf(job.action, 'replicas', 1);
  return {
    act: async () => {
      const now = await object.readPatiently();
      const autoscaler = await object.autoscaler();
      const bounds = autoscaler?.spec;
      const name = autoscaler?.metadata?.name;
      const was: Scaled = {
        replicas: now.spec?.replicas ?? 1,
        ...(name !== undefined &&
          bounds && { autoscaler: { name, replicasMin: bounds.minReplicas ?? 1, replicasMax: bounds.maxReplicas } }),
      };
      // The first of several is the one that is put back.
      const mark = noteOf(now, scaledMark) ?? JSON.stringify(was);
      await object.merge({ metadata: { annotations: { [scaledMark]: mark } }, spec: { replicas } });
      if (was.autoscaler === undefined) return;
      const maxReplicas = Math.max(replicas, was.autoscaler.replicasMax);
      await object.mergeAutoscaler(was.autoscaler.name, { spec: { minReplicas: replicas, maxReplicas } });
    },
    probe: async () => {
      const { spec, status, metadata } = await object.read();
      const wanted = spec?.replicas ?? 0;
      const seen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
      return wanted >= replicas && seen ? `${wanted} replicas wanted, seen by its controller` : undefined;
    },
  };
}

async function unscale(job: Job): Promise<Doing> {
  const object = workloadObject(job);
  return {
    act: async () => {
      const mark = noteOf(await object.readPatiently(), scaledMark);
      if (mark === undefined) return;
      const was = JSON.parse(mark) as Scaled;
      const gone = { metadata: { annotations: { [scaledMark]: null } } };
      // With an autoscaler the number of replicas is its business: only its lower bound was ours.
      if (was.autoscaler === undefined) return object.merge({ ...gone, spec: { replicas: was.replicas } });
      const { name, replicasMin, replicasMax } = was.autoscaler;
      await object.mergeAutoscaler(name, { spec: { minReplicas: replicasMin, maxReplicas: replicasMax } });
      await object.merge(gone);
    },
    probe: async () =>
      noteOf(await object.read(), scaledMark) === undefined ? 'its own bounds, no mark of ours' : undefined,
  };
}

/** Verbs on workloads. */
export const workloadVerbs: VerbGroup = {
  'workload.release': { limitMs: limitsMs.api, begin: release },
  'workload.rollback': { limitMs: limitsMs.api, begin: rollback },
  'workload.unrelease': { limitMs: limitsMs.api, begin: unrelease },
  'workload.scale': { limitMs: limitsMs.api, begin: scale },
  'workload.unscale': { limitMs: limitsMs.api, begin: unscale },
};
