/** The process of a database, which is the main process of its pod; held down by taking its StatefulSet to no replicas. */
import type { V1StatefulSet } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import type { Workload } from '../../../domain/topology.ts';
import { mergeObject, patiently, readObject } from './kube-calls.ts';
import { databasePod, type FoundPod, freezeMain, killMain, thawMain, workloadOf } from './pod-processes.ts';
import { type Doing, type Job, targetOf } from './verb.ts';

/** On a workload that we hold down: how many replicas it is to have again. */
export const heldReplicas = 'elevenproof.dev/held-replicas';

function placeOf({ world, action }: Job): { readonly site: string; readonly workload: Workload } {
  const { site, workload } = targetOf(action, 'database');
  return { site, workload: workloadOf(world, site, workload) };
}

function find(job: Job): Promise<FoundPod | undefined> {
  const { site, workload } = placeOf(job);
  return databasePod(job.world, site, workload, job.signal);
}

async function running(job: Job): Promise<FoundPod> {
  const found = await find(job);
  const { site, workload } = placeOf(job);
  if (found === undefined) throw new OperatingError(`No main process of database ${site}/${workload.name} runs`);
  return found;
}

/** SIGKILL of the main process (PostgreSQL: the postmaster); the kubelet restarts it. */
export async function killDatabase(job: Job): Promise<Doing> {
  return killMain(job, await running(job));
}

/** SIGSTOP of the main process and of all that it forked. */
export async function pauseDatabase(job: Job): Promise<Doing> {
  return freezeMain(job, await running(job));
}

/** SIGCONT of what is stopped. */
export async function resumeDatabase(job: Job): Promise<Doing> {
  const pod = await find(job);
  if (pod !== undefined) return thawMain(job, pod);
  return { act: async () => {}, probe: async () => 'its process is not there any more' };
}

function workloadObject(job: Job) {
  const { site, workload } = placeOf(job);
  const { name, namespace } = workload;
  const kube = job.world.kube(site);
  const of = { apiVersion: 'apps/v1', kind: workload.kind, metadata: { name, namespace } };
  return {
    name: `${site}/${name}`,
    read: () => readObject<V1StatefulSet>(kube, of),
    change: (change: Readonly<Record<string, unknown>>) => mergeObject(kube, of, change, job.signal),
  };
}

/** No replicas, the number before on the object; then SIGKILL, so that nothing is shut down in order. */
export async function holdDatabase(job: Job): Promise<Doing> {
  const object = workloadObject(job);
  const kill = await killDatabase(job);
  const before = await patiently(`find ${object.name}`, job.signal, object.read);
  const replicas = before?.spec?.replicas ?? 1;
  const marked = before?.metadata?.annotations?.[heldReplicas] !== undefined;
  return {
    act: async () => {
      const annotations = { [heldReplicas]: String(replicas) };
      if (!marked) await object.change({ metadata: { annotations }, spec: { replicas: 0 } });
      await kill.act();
    },
    probe: async () => {
      const gone = await kill.probe();
      if (gone === undefined || (await object.read())?.spec?.replicas !== 0) return undefined;
      return `${gone}, no replica wanted`;
    },
  };
}

/** As many replicas as before ours, if our mark is there. */
export async function releaseDatabase(job: Job): Promise<Doing> {
  const object = workloadObject(job);
  const mark = async () => (await object.read())?.metadata?.annotations?.[heldReplicas];
  return {
    act: async () => {
      const replicas = await patiently(`find ${object.name}`, job.signal, mark);
      if (replicas === undefined) return;
      await object.change({
        metadata: { annotations: { [heldReplicas]: null } },
        spec: { replicas: Number(replicas) },
      });
    },
    probe: async () => ((await mark()) === undefined ? 'its replicas are wanted again' : undefined),
  };
}
