/** What a workload's pods ask of a node, worked out once per workload: static filters, spread and anti-affinity with their counts, requests. */
import { nodeAllowed, nodePreference } from '../../../domain/node-affinity.ts';
import type { LabelSelector, NodeSpec, Site, Taint } from '../../../domain/topology.ts';
import type { NodeObject } from '../../model.ts';
import { matchesLabels, matchesSelector, tolerates } from './labels.ts';
import type { WorkloadState } from './pod-record.ts';
import { createTopologyCounts, type TopologyCounts } from './topology-counts.ts';

/** A count of pods that a rule looks at, and whether pods that are being deleted count (anti-affinity) or not (spread). */
export interface Counted {
  readonly counts: TopologyCounts;
  readonly selects: (state: WorkloadState) => boolean;
  readonly terminatingToo: boolean;
}

/** What the pods of one workload ask. */
export interface SchedulingRules {
  readonly milliCpu: number;
  readonly memoryMiB: number;
  readonly hostPorts: readonly string[];
  readonly spread: readonly (Counted & {
    readonly maxSkew: number;
    readonly required: boolean;
    readonly self: 0 | 1;
  })[];
  readonly apart: readonly (Counted & { readonly required: boolean })[];
  /** Selector and taints let a pod of this workload onto the node as it is now. */
  admits(node: NodeObject): boolean;
  /** Weight of the preferences that the node meets; undefined: none are stated. */
  readonly preference: ((node: NodeSpec) => number) | undefined;
  /** How many soft taints of the node are not tolerated. */
  softTaints(node: NodeObject): number;
}

/** Spread that the scheduler applies to pods that name none (kubernetes/kubernetes podtopologyspread systemDefaultConstraints). */
const defaultSpread = [
  { maxSkew: 3, topologyKey: 'kubernetes.io/hostname' },
  { maxSkew: 5, topologyKey: 'topology.kubernetes.io/zone' },
] as const;

/** The taints that conditions and operators have put on a node now, beside those of its spec. */
export function taintsNow(node: NodeObject): readonly Taint[] {
  const taints = [...node.spec.taints];
  const add = (key: string, effect: Taint['effect'], value = '') => taints.push({ key, value, effect });
  if (node.cordoned) add('node.kubernetes.io/unschedulable', 'NoSchedule');
  if (node.ready === 'False') add('node.kubernetes.io/not-ready', 'NoSchedule');
  if (node.ready === 'Unknown') add('node.kubernetes.io/unreachable', 'NoSchedule');
  if (node.noExecuteKey !== undefined) add(node.noExecuteKey, 'NoExecute');
  if (node.outOfService) add('node.kubernetes.io/out-of-service', 'NoExecute', 'nodeshutdown');
  return taints;
}

/** Selector and required affinity let pods of the workload onto the node, whatever its taints. */
export function nodeSelected(state: WorkloadState, node: NodeSpec): boolean {
  const { nodeSelector, nodeAffinity } = state.spec.template;
  return matchesLabels(nodeSelector, node.labels) && nodeAllowed(nodeAffinity, node);
}

/** The rules of a workload among all workloads of its site. */
export function schedulingRules(state: WorkloadState, site: Site): SchedulingRules {
  const { template, namespace } = state.spec;
  const selected = (node: NodeSpec) => nodeSelected(state, node);
  const counted = (topologyKey: string, selector: LabelSelector, terminatingToo: boolean) => ({
    counts: createTopologyCounts(topologyKey, site.nodes, selected),
    selects: (other: WorkloadState) =>
      other.spec.namespace === namespace && matchesSelector(selector, other.spec.template.labels),
    terminatingToo,
  });
  const spread =
    template.topologySpread.length > 0
      ? template.topologySpread
      : defaultSpread.map((rule) => ({
          ...rule,
          selector: state.spec.selector,
          whenUnsatisfiable: 'ScheduleAnyway' as const,
        }));
  return {
    milliCpu: Math.round(template.requests.cpuCores * 1000),
    memoryMiB: Math.round(template.requests.memoryMiB),
    hostPorts: template.hostPorts,
    spread: spread.map((rule) => ({
      ...counted(rule.topologyKey, rule.selector, false),
      maxSkew: rule.maxSkew,
      required: rule.whenUnsatisfiable === 'DoNotSchedule',
      self: matchesSelector(rule.selector, template.labels) ? 1 : 0,
    })),
    apart: template.antiAffinity.map((rule) => ({
      ...counted(rule.topologyKey, rule.selector, true),
      required: rule.required,
    })),
    admits: (node) =>
      selected(node.spec) &&
      taintsNow(node).every((taint) => taint.effect === 'PreferNoSchedule' || borne(state, taint)),
    preference:
      template.nodeAffinity.preferred.length === 0 ? undefined : (node) => nodePreference(template.nodeAffinity, node),
    softTaints: (node) => {
      let count = 0;
      for (const taint of node.spec.taints) if (taint.effect === 'PreferNoSchedule' && !borne(state, taint)) count++;
      return count;
    },
  };
}

/** Taints that the DaemonSet controller lets its pods bear without limit (kubernetes/kubernetes pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations). */
function daemonBears(taint: Taint): boolean {
  if (taint.effect === 'NoExecute')
    return taint.key === 'node.kubernetes.io/not-ready' || taint.key === 'node.kubernetes.io/unreachable';
  return taint.key === 'node.kubernetes.io/unschedulable';
}

/** Whether the workload's pods bear the taint, those of DaemonSets also by their controller's word. */
export function borne(state: WorkloadState, taint: Taint): boolean {
  return tolerates(state.spec.template.tolerations, taint) || (state.spec.kind === 'DaemonSet' && daemonBears(taint));
}
