/** Processes of a pod's main container on its node: found by the container's id in their control group, which needs no container runtime. Apart because pods and databases are both killed and frozen so. */
import type { V1Pod } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import type { Workload } from '../../../domain/topology.ts';
import type { KindWorld } from '../world.ts';
import { patiently, readObject } from './kube-calls.ts';
import { goneFrom, isStopped, mainOf, nameProcesses, type Process, parseStats } from './process-table.ts';
import { signal } from './signals.ts';
import { unlessOff } from './unless-off.ts';
import type { Doing, Job } from './verb.ts';

/** A pod as it was found: where it runs and which container is its main one. */
export interface FoundPod {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** Container of its node. */
  readonly container: string;
  /** Id of its main container, the first of its spec. */
  readonly id: string;
}

const statsScript = `
for file in $(grep -l "$1" /proc/[0-9]*/cgroup 2>/dev/null); do cat "\${file%cgroup}stat" 2>/dev/null; done
exit 0`;

/** The workload of a site in the topology. Throws an OperatingError when there is none. */
export function workloadOf(world: KindWorld, site: string, name: string): Workload {
  const found = world.topology.sites
    .find((candidate) => candidate.name === site)
    ?.workloads.find((workload) => workload.name === name);
  if (found === undefined) throw new OperatingError(`Site ${site} has no workload ${name}`);
  return found;
}

/** The pod by its name; undefined when it is not there or its main container does not run. */
export async function findPod(
  world: KindWorld,
  site: string,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<FoundPod | undefined> {
  const of = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } };
  return foundPod(await patiently(`find pod ${name}`, signal, () => readObject<V1Pod>(world.kube(site), of)));
}

/** Where a pod's main process is, by what the API says of it; undefined when it does not run. */
export function foundPod(pod: V1Pod | undefined): FoundPod | undefined {
  const { metadata, spec, status } = pod ?? {};
  const main = spec?.containers[0]?.name;
  const container = status?.containerStatuses?.find((each) => each.name === main);
  const id = container?.state?.running === undefined ? undefined : container.containerID?.split('://')[1];
  if (metadata?.uid === undefined || spec?.nodeName === undefined || id === undefined) return undefined;
  const { name = '', namespace = '', uid } = metadata;
  return { name, namespace, uid, container: spec.nodeName, id };
}

/** The pod that holds a database: the first of its workload by name that is not being deleted; undefined when there is none or it does not run. */
export async function databasePod(
  world: KindWorld,
  site: string,
  workload: Workload,
  signal: AbortSignal,
): Promise<FoundPod | undefined> {
  const labelSelector = Object.entries(workload.selector.labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const { namespace } = workload;
  const { items } = await patiently(`list the pods of ${site}/${workload.name}`, signal, () =>
    world.kube(site).core.listNamespacedPod({ namespace, labelSelector }),
  );
  const pods = items
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .sort((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1));
  return foundPod(pods[0]);
}

/** Every process of the pod's main container now. */
export async function processesOf({ eyes }: Job, pod: FoundPod): Promise<readonly Process[]> {
  return parseStats(await eyes.run(pod.container, statsScript, [pod.id]));
}

/** SIGKILL of the main process; proven by the node's process table. */
export async function killMain(job: Job, pod: FoundPod): Promise<Doing> {
  const [all] = await Promise.all([processesOf(job, pod), job.hands.open([pod.container])]);
  const main = mainOf(all);
  if (main === undefined) throw new OperatingError(`Pod ${pod.name} has no process on ${pod.container}`);
  return {
    act: () => signal(job.hands, pod.container, 'KILL', [main]),
    probe: async () => {
      const now = await processesOf(job, pod);
      return goneFrom([main], now).length === 1 ? `${nameProcesses([main])} gone` : undefined;
    },
  };
}

/** SIGSTOP of every process of the main container. */
export async function freezeMain(job: Job, pod: FoundPod): Promise<Doing> {
  const [before] = await Promise.all([processesOf(job, pod), job.hands.open([pod.container])]);
  const main = mainOf(before);
  if (main === undefined) throw new OperatingError(`Pod ${pod.name} has no process on ${pod.container}`);
  return {
    // The main process first: it forks no more after that.
    act: () => signal(job.hands, pod.container, 'STOP', [main, ...before.filter(({ pid }) => pid !== main.pid)]),
    probe: async () => {
      const now = await processesOf(job, pod);
      const stopped = now.filter((process) => before.some(({ pid }) => pid === process.pid)).every(isStopped);
      return stopped && mainOf(now)?.pid === main.pid ? `${nameProcesses([main])} stopped` : undefined;
    },
  };
}

/** SIGCONT of whatever of the main container is stopped. */
export function thawMain(job: Job, pod: FoundPod): Doing {
  const stopped = async () => (await processesOf(job, pod)).filter(isStopped);
  return unlessOff(job.world, pod.container, {
    act: async () => signal(job.hands, pod.container, 'CONT', await stopped()),
    probe: async () => ((await stopped()).length === 0 ? 'no process of it is stopped' : undefined),
  });
}
