/** Where objects lie and whose they are: namespaces that the files leave open, our label, the order in which a cluster takes them. Apart because it concerns every kind alike. */
import type { Draft } from './draft.ts';

/** Kinds that lie in no namespace. */
const clusterKinds: ReadonlySet<string> = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'StorageClass',
  'PriorityClass',
  'RuntimeClass',
  'IngressClass',
  'GatewayClass',
  'APIService',
  'CSIDriver',
  'ClusterIssuer',
  'FlowSchema',
  'PriorityLevelConfiguration',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

/** Kinds by whose namespaces the reading of topologies tells the only one: the same rule, so that both platforms have a workload in the same place. */
const tellingKinds: readonly string[] = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Service',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
];

/** Gives every namespaced object a namespace: its own, the only one that the files name, or `default`. */
export function placeInNamespaces(drafts: readonly Draft[]): void {
  const telling = drafts.filter(({ kind }) => tellingKinds.includes(kind));
  const named = new Set(telling.flatMap(({ metadata }) => metadata.namespace ?? []));
  const [only = 'default'] = named.size === 1 ? named : [];
  for (const { kind, metadata } of drafts) if (!clusterKinds.has(kind)) metadata.namespace ??= only;
}

/** Namespaces that objects lie in and that no object makes; those that every cluster has are left out. */
export function missingNamespaces(drafts: readonly Draft[]): Draft[] {
  const made = drafts.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  const used = new Set(drafts.flatMap(({ metadata }) => metadata.namespace ?? []));
  return [...used]
    .filter((name) => name !== 'default' && !name.startsWith('kube-') && !made.includes(name))
    .map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
}

const ranks: readonly (readonly string[])[] = [
  ['Namespace'],
  ['CustomResourceDefinition', 'PriorityClass', 'StorageClass', 'RuntimeClass', 'IngressClass'],
  ['ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'LimitRange', 'ResourceQuota'],
  ['ConfigMap', 'Secret', 'PersistentVolume', 'PersistentVolumeClaim'],
  ['Service', 'Endpoints', 'EndpointSlice', 'NetworkPolicy'],
  ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod', 'Job', 'CronJob'],
  ['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'APIService'],
];

/** What may stop others from being made comes when they are there. */
const lastKinds: readonly string[] = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];

/** Objects in groups, one after the other; within a group in any order. Empty groups are left out. */
export function inOrder(drafts: readonly Draft[]): readonly (readonly Draft[])[] {
  const rankOf = ({ kind }: Draft) => {
    if (lastKinds.includes(kind)) return ranks.length + 1;
    const rank = ranks.findIndex((kinds) => kinds.includes(kind));
    return rank < 0 ? ranks.length : rank;
  };
  const groups = Array.from({ length: ranks.length + 2 }, (): Draft[] => []);
  for (const draft of drafts) groups[rankOf(draft)]!.push(draft);
  return groups.filter((group) => group.length > 0);
}
