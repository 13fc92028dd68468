/** Facts of nodes as the API server knows them. Pure. */
import type { Site } from '../../../domain/topology.ts';
import type { ClusterState } from './cluster-state.ts';
import { conditionOf, type NodeObject, type PodObject } from './objects.ts';
import type { Reading } from './teller.ts';

/** The taint that declares a node dead for good. */
const outOfService = 'node.kubernetes.io/out-of-service';

/** Names of containers by the topology's names of nodes. */
export type Containers = ReadonlyMap<string, string>;

/** Every fact of every node of a site. A node that the API server does not know is neither ready nor schedulable. */
export function nodeFacts(site: Site, containers: Containers, state: ClusterState): readonly Reading[] {
  const nodes = site.nodes.map(({ name }) => {
    const object = state.nodes.get(`/${containers.get(name) ?? name}`);
    return { name, object, ready: isReady(object), schedulable: isSchedulable(object) };
  });
  return [
    ...nodes.flatMap(({ name, object, ready, schedulable }): readonly Reading[] => {
      const subject = { site: site.name, node: name };
      return [
        { fact: 'node.ready', subject, value: ready },
        { fact: 'node.schedulable', subject, value: schedulable },
        { fact: 'node.drained', subject, value: isDrained(object, state) },
      ];
    }),
    { fact: 'nodes.ready', subject: { site: site.name }, value: nodes.filter(({ ready }) => ready).length },
    {
      fact: 'nodes.whole',
      subject: { site: site.name },
      value: nodes.every(({ ready, schedulable }) => ready && schedulable),
    },
  ];
}

function isReady(node: NodeObject | undefined): boolean {
  return conditionOf(node?.status?.conditions, 'Ready')?.status === 'True';
}

function isSchedulable(node: NodeObject | undefined): boolean {
  if (node === undefined || node.spec.unschedulable === true) return false;
  return !(node.spec.taints ?? []).some(({ key }) => key === outOfService);
}

function isDrained(node: NodeObject | undefined, state: ClusterState): boolean {
  if (node?.spec.unschedulable !== true) return false;
  for (const pod of state.pods.values()) if (pod.spec.nodeName === node.metadata.name && mustLeave(pod)) return false;
  return true;
}

/** Whether a drain has to wait for the pod: not one of a DaemonSet, no static pod's mirror, not finished. */
function mustLeave({ metadata, status }: PodObject): boolean {
  const owned = metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet' || kind === 'Node') ?? false;
  return !owned && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}
