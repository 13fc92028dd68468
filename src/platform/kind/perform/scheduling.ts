/** Verbs on nodes as the scheduler sees them: cordon, drain, the taint out-of-service. Through the API; each change of ours carries a mark, and only marked ones are taken back. */
import type { V1Node, V1Taint } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import { evictAll } from './evictions.ts';
import { mergeObject, patiently, readObject, withFreshCopy } from './kube-calls.ts';
import { type Doing, type Job, limitsMs, machine, targetOf, type VerbGroup } from './verb.ts';

const marks = {
  cordoned: 'elevenproof.dev/cordoned',
  outOfService: 'elevenproof.dev/out-of-service',
} as const;

/** Source: Kubernetes, "Non-graceful node shutdown handling". */
const outOfService: V1Taint = {
  key: 'node.kubernetes.io/out-of-service',
  value: 'nodeshutdown',
  effect: 'NoExecute',
};

function nodeObject({ world, action, signal }: Job) {
  const { site, node } = targetOf(action, 'node');
  const { container: name } = machine(world, node);
  const kube = world.kube(site);
  const of = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
  const read = async () => {
    const found = await readObject<V1Node>(kube, of);
    if (found === undefined) throw new OperatingError(`Kubernetes has no node ${node}`);
    return found;
  };
  return {
    kube,
    name,
    read,
    readPatiently: () => patiently(`find node ${node}`, signal, read),
    change: (change: Readonly<Record<string, unknown>>) => mergeObject(kube, of, change, signal),
  };
}

const annotation = (node: V1Node, name: string) => node.metadata?.annotations?.[name];

/** Somebody else's cordon is left unmarked, so that our undo leaves it. */
async function cordon(job: Job): Promise<Doing> {
  const node = nodeObject(job);
  return {
    act: async () => {
      if ((await node.readPatiently()).spec?.unschedulable === true) return;
      await node.change({
        metadata: { annotations: { [marks.cordoned]: job.action.id } },
        spec: { unschedulable: true },
      });
    },
    probe: async () => ((await node.read()).spec?.unschedulable === true ? 'unschedulable' : undefined),
  };
}

async function uncordon(job: Job): Promise<Doing> {
  const node = nodeObject(job);
  return {
    act: async () => {
      if (annotation(await node.readPatiently(), marks.cordoned) === undefined) return;
      await node.change({ metadata: { annotations: { [marks.cordoned]: null } }, spec: { unschedulable: null } });
    },
    probe: async () => {
      const now = await node.read();
      if (annotation(now, marks.cordoned) !== undefined) return undefined;
      return now.spec?.unschedulable === true ? 'cordoned by somebody else' : 'schedulable';
    },
  };
}

/** Landed when cordoned; evictions then go on until none is left, the node is uncordoned, or the run ends. */
async function drain(job: Job): Promise<Doing> {
  const node = nodeObject(job);
  const cordoning = await cordon(job);
  const goesOn = async () => (await node.readPatiently()).spec?.unschedulable === true;
  return {
    act: async () => {
      await cordoning.act();
      void evictAll(node.kube, node.name, goesOn, job.stopped);
    },
    probe: cordoning.probe,
  };
}

const isTainted = (node: V1Node) => (node.spec?.taints ?? []).some(({ key }) => key === outOfService.key);

async function declareOutOfService(job: Job): Promise<Doing> {
  const node = nodeObject(job);
  return {
    act: () =>
      withFreshCopy(async () => {
        const now = await node.readPatiently();
        if (isTainted(now)) return;
        await node.change({
          metadata: { annotations: { [marks.outOfService]: job.action.id }, resourceVersion: version(now) },
          spec: { taints: [...(now.spec?.taints ?? []), outOfService] },
        });
      }),
    probe: async () => (isTainted(await node.read()) ? 'tainted' : undefined),
  };
}

async function takeIntoService(job: Job): Promise<Doing> {
  const node = nodeObject(job);
  return {
    act: () =>
      withFreshCopy(async () => {
        const now = await node.readPatiently();
        if (annotation(now, marks.outOfService) === undefined) return;
        await node.change({
          metadata: { annotations: { [marks.outOfService]: null }, resourceVersion: version(now) },
          spec: { taints: (now.spec?.taints ?? []).filter(({ key }) => key !== outOfService.key) },
        });
      }),
    probe: async () => {
      const now = await node.read();
      if (annotation(now, marks.outOfService) !== undefined) return undefined;
      return isTainted(now) ? 'tainted by somebody else' : 'taint gone';
    },
  };
}

/** Taints are one list, which others change as well: a change on top of an older one is refused and tried again. */
const version = (node: V1Node) => node.metadata?.resourceVersion;

/** Verbs on nodes as the scheduler sees them. */
export const schedulingVerbs: VerbGroup = {
  'node.cordon': { limitMs: limitsMs.api, begin: cordon },
  'node.uncordon': { limitMs: limitsMs.api, begin: uncordon },
  'node.drain': { limitMs: limitsMs.api, begin: drain },
  'node.out-of-service': { limitMs: limitsMs.api, begin: declareOutOfService },
  'node.in-service': { limitMs: limitsMs.api, begin: takeIntoService },
};
