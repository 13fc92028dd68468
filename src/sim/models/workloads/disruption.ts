/** Disruption budgets and drain: the only place where budgets count. */
import type { DisruptionBudget, Site } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';
import type { ControlPlane, NodeName, Nodes } from '../../model.ts';
import { matchesSelector } from './labels.ts';
import { evictionRetryMs } from './pod-constants.ts';
import type { PodRecord, WorkloadState } from './pod-record.ts';
import type { PodStore } from './pod-store.ts';
import { roundUp } from './rounding.ts';

/** Drains nodes. */
export interface Disruption {
  /** Cordons, then evicts all pods but those of DaemonSets; refused evictions are tried again every 5 s until the node is uncordoned. */
  drain(node: NodeName): void;
}

/** How many pods must stay healthy (status.desiredHealthy). A number is taken as it stands, also above what is expected. `expected`: wanted replicas of the pods' workloads. */
export function desiredHealthy({ minAvailable, maxUnavailable }: DisruptionBudget, expected: number): number {
  if (minAvailable !== undefined) return roundUp(minAvailable, expected);
  return maxUnavailable === undefined ? 0 : Math.max(0, expected - roundUp(maxUnavailable, expected));
}

/** How many more healthy pods the budget lets go: healthy − what must stay, none while nothing is expected, as it never is without a bound (kubernetes/kubernetes pkg/controller/disruption getExpectedPodCount, updatePdbStatus). */
export function disruptionsAllowed(budget: DisruptionBudget, expected: number, healthy: number): number {
  const unbound = budget.minAvailable === undefined && budget.maxUnavailable === undefined;
  return unbound || expected <= 0 ? 0 : Math.max(0, healthy - desiredHealthy(budget, expected));
}

/** Drains through the eviction API of each site. */
export function createDisruption(
  kernel: Kernel,
  sites: readonly Site[],
  deps: { readonly nodes: Nodes; readonly controlPlane: ControlPlane },
  store: PodStore,
  states: (site: string) => readonly WorkloadState[],
): Disruption {
  const { nodes, controlPlane } = deps;
  const budgets = new Map(sites.map((site) => [site.name, site.disruptionBudgets]));
  const selects = (budget: DisruptionBudget, { spec }: WorkloadState) =>
    budget.namespace === spec.namespace && matchesSelector(budget.selector, spec.template.labels);
  const room = (budget: DisruptionBudget, site: string) => {
    const covered = states(site).filter((state) => state.deployed && selects(budget, state));
    const wanted = ({ spec, eligible }: WorkloadState) => (spec.kind === 'DaemonSet' ? eligible : spec.replicas);
    const expected = covered.reduce((sum, state) => sum + wanted(state), 0);
    const healthy = covered.reduce(
      (sum, { revisions }) => sum + revisions.reduce((all, { ready }) => all + ready, 0),
      0,
    );
    const desired = desiredHealthy(budget, expected);
    return { allowed: disruptionsAllowed(budget, expected, healthy), kept: desired > 0 && healthy >= desired };
  };
  /** The eviction API (pkg/registry/core/pod/storage/eviction.go): pending pods always, several budgets never, a pod that is not ready also while enough others are or where its budget always allows it. */
  const mayGo = (pod: PodRecord) => {
    const own = (budgets.get(pod.site) ?? []).filter((budget) => selects(budget, pod.of));
    if (own.length === 0 || pod.phase === 'Pending') return true;
    if (own.length > 1) return false;
    const { allowed, kept } = room(own[0]!, pod.site);
    return (!pod.ready && (kept || own[0]!.unhealthyGo === true)) || mayDisrupt(own[0]!, pod.site, allowed);
  };
  /** What each budget's status last allowed, while no disruption controller updates it: every eviction takes one off, and nothing adds to it. */
  const left = new Map<DisruptionBudget, number>();
  const mayDisrupt = (budget: DisruptionBudget, site: string, allowed: number) => {
    const last = left.get(budget);
    if (controlPlane.controllerManager(site) !== undefined || last === undefined) return allowed > 0;
    left.set(budget, last - 1);
    return last > 0;
  };
  const freeze = (site: string) => {
    const acts = controlPlane.controllerManager(site) !== undefined;
    for (const budget of budgets.get(site) ?? [])
      if (acts) left.delete(budget);
      else if (!left.has(budget)) left.set(budget, room(budget, site).allowed);
  };
  controlPlane.changed.on(({ site }) => freeze(site));
  const leaving = (node: NodeName) =>
    [...store.onNode(node)].filter((pod) => pod.of.spec.kind !== 'DaemonSet' && pod.deletedMs === undefined);
  const rounds = new Map<NodeName, symbol>();
  const round = (node: NodeName, token: symbol) => {
    if (rounds.get(node) !== token || !nodes.get(node).cordoned) return;
    if (controlPlane.write(nodes.get(node).site).okRatio > 0)
      for (const pod of leaving(node)) if (mayGo(pod)) store.markDeleted(pod);
    if (leaving(node).length > 0) kernel.after(evictionRetryMs, () => round(node, token));
  };
  return {
    drain: (node) => {
      const token = Symbol(node);
      rounds.set(node, token);
      round(node, token);
    },
  };
}
