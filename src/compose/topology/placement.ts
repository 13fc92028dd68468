/** Whether any node may hold a workload's pods: selector, taints, requests. Apart because pods that no node takes would wait for ever, and a run would only say that they did. */
import { didYouMean } from '../../base/errors.ts';
import { nodeAllowed } from '../../domain/node-affinity.ts';
import type { NodeSpec, Taint, Toleration, Workload } from '../../domain/topology.ts';
import type { Field } from './field.ts';
import { formatSelector, selects } from './selector.ts';

/** Refuses a workload that no node can ever hold. A DaemonSet waits for nothing: one per kind of machine is usual, and it has no pods where there is none. */
export function checkPlacement(object: Field, workload: Workload, nodes: readonly NodeSpec[]): void {
  if (workload.kind === 'DaemonSet' || workload.replicas === 0) return;
  const spec = object.get('spec').get('template').get('spec');
  const labelled = nodes.filter((node) =>
    selects({ labels: workload.template.nodeSelector, expressions: [] }, node.labels),
  );
  const selected = labelled.filter((node) => nodeAllowed(workload.template.nodeAffinity, node));
  const open = selected.filter((node) => refusing(workload, node).length === 0);
  if (labelled.length > 0 && selected.length === 0)
    complainAffinity(spec.get('affinity').get('nodeAffinity'), workload);
  else if (selected.length === 0) complainSelector(spec.get('nodeSelector'), workload, nodes);
  else if (open.length === 0) complainTaints(spec, workload, selected);
  else if (!open.some((node) => holds(node, workload))) complainSize(spec, workload, open);
}

function complainSelector(field: Field, workload: Workload, nodes: readonly NodeSpec[]): void {
  const labels = workload.template.nodeSelector;
  const texts = (all: Readonly<Record<string, string>>) => Object.entries(all).map(([key, value]) => `${key}=${value}`);
  const known = nodes.flatMap((node) => texts(node.labels));
  const missing = texts(labels).find((label) => !known.includes(label)) ?? formatSelector({ labels, expressions: [] });
  field.complain(
    `Expected the nodeSelector ${texts(labels).join(',')} of ${workload.name} to match a node, it matches none`,
    didYouMean(missing, known) ??
      `Give a node the label ${missing} in the kind config, or take the selector away with --set.`,
  );
}

function complainAffinity(field: Field, workload: Workload): void {
  field.complain(
    `Expected the required nodeAffinity of ${workload.name} to match a node, it matches none`,
    'Give a node the labels in the kind config, or take the affinity away with --set.',
  );
}

function complainTaints(spec: Field, workload: Workload, selected: readonly NodeSpec[]): void {
  const refused = selected.map((node) => `${node.name} (${refusing(workload, node).map(shown).join(', ')})`);
  spec.complain(
    `Expected ${workload.kind} ${workload.name} to bear the taints of a node that it may run on, it bears none of ${refused.join(', ')}`,
    'Add a toleration, add a worker to the kind config, or take the taint away there.',
  );
}

function complainSize(spec: Field, workload: Workload, open: readonly NodeSpec[]): void {
  const { cpuCores, memoryMiB } = workload.template.requests;
  const cpuMax = Math.max(...open.map((node) => node.cpuCores));
  const memoryMax = Math.max(...open.map((node) => node.memoryMiB));
  spec.complain(
    `Expected a node that holds one pod of ${workload.kind} ${workload.name}, which asks for ${cpuCores} cores and ${Math.ceil(memoryMiB)} MiB; its nodes hold up to ${cpuMax} cores and ${Math.floor(memoryMax)} MiB`,
    'Say what a node holds with its labels elevenproof.dev/cpu and elevenproof.dev/memory in the kind config.',
  );
}

function holds(node: NodeSpec, { template }: Workload): boolean {
  return template.requests.cpuCores <= node.cpuCores && template.requests.memoryMiB <= node.memoryMiB;
}

/** Taints of the node that keep the pods away. */
function refusing(workload: Workload, node: NodeSpec): readonly Taint[] {
  return node.taints.filter(
    (taint) => taint.effect !== 'PreferNoSchedule' && !workload.template.tolerations.some((one) => bears(one, taint)),
  );
}

function bears(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== '' && toleration.effect !== taint.effect) return false;
  if (toleration.key !== '' && toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || toleration.value === taint.value;
}

function shown(taint: Taint): string {
  return `${taint.key}${taint.value === '' ? '' : `=${taint.value}`}:${taint.effect}`;
}
