/** Verbs on pods: kill, freeze and slow the main process, or delete the pod through the API. */
import type { V1Pod } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import { patiently, readObject } from './kube-calls.ts';
import { type FoundPod, findPod, freezeMain, killMain, thawMain, workloadOf } from './pod-processes.ts';
import { askPod } from './pod-proxy.ts';
import { type Doing, type Job, limitsMs, numberOf, targetOf, type VerbGroup } from './verb.ts';

function placeOf({ world, action }: Job) {
  const { site, workload, pod } = targetOf(action, 'pod');
  return { site, pod, ...{ namespace: workloadOf(world, site, workload).namespace } };
}

async function find(job: Job): Promise<FoundPod | undefined> {
  const { site, namespace, pod } = placeOf(job);
  return findPod(job.world, site, namespace, pod, job.signal);
}

async function running(job: Job): Promise<FoundPod> {
  const found = await find(job);
  if (found === undefined) throw new OperatingError(`No main process of pod ${placeOf(job).pod} runs`);
  return found;
}

/** What an undo does to a pod that is not there any more. */
const nothingLeft: Doing = { act: async () => {}, probe: async () => 'its process is not there any more' };

async function remove(job: Job): Promise<Doing> {
  const { world, signal } = job;
  const { site, namespace, pod: name } = placeOf(job);
  const kube = world.kube(site);
  const of = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } };
  const read = () => readObject<V1Pod>(kube, of);
  const before = await patiently(`find pod ${name}`, signal, read);
  const uid = before?.metadata?.uid;
  if (uid === undefined) throw new OperatingError(`There is no pod ${name}`);
  return {
    act: async () => {
      const body = { preconditions: { uid } };
      await patiently(`delete pod ${name}`, signal, () => kube.core.deleteNamespacedPod({ name, namespace, body }));
    },
    probe: async () => {
      const now = await read();
      if (now?.metadata?.uid !== uid) return 'pod gone';
      return now.metadata.deletionTimestamp === undefined ? undefined : 'deletion stamped on the pod';
    },
  };
}

/** The reference workload multiplies its service time by this on demand. */
async function slow(job: Job, factor: number): Promise<Doing> {
  const { site, namespace, pod } = placeOf(job);
  const kube = job.world.kube(site);
  const ask = (method: 'GET' | 'POST', path: string) => askPod(kube, { namespace, pod }, method, path);
  return {
    act: () => ask('POST', `/control/slow?factor=${factor}`).then(() => {}),
    probe: async () => {
      const { factor: now } = JSON.parse(await ask('GET', '/control/slow')) as { factor?: unknown };
      if (now !== factor) return undefined;
      return factor === 1 ? 'its own service time' : `${factor} × its service time`;
    },
  };
}

/** Verbs on pods. */
export const podVerbs: VerbGroup = {
  'pod.kill': { limitMs: limitsMs.signal, begin: async (job) => killMain(job, await running(job)) },
  'pod.hang': { limitMs: limitsMs.signal, begin: async (job) => freezeMain(job, await running(job)) },
  'pod.unhang': {
    limitMs: limitsMs.api,
    begin: async (job) => {
      const pod = await find(job);
      return pod === undefined ? nothingLeft : thawMain(job, pod);
    },
  },
  'pod.delete': { limitMs: limitsMs.api, begin: remove },
  'pod.slow': {
    limitMs: limitsMs.signal,
    begin: async (job) => {
      await running(job);
      return slow(job, numberOf(job.action, 'factor', 1));
    },
  },
  'pod.unslow': {
    limitMs: limitsMs.api,
    begin: async (job) => ((await find(job)) === undefined ? nothingLeft : slow(job, 1)),
  },
};
