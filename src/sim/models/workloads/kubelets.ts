/** What the kubelet of each node can do now: start containers, probe, hear of and report to the API. Apart because every step of a pod's life asks it. */
import type { Ms } from '../../../base/clock.ts';
import type { ControlPlane, Machines, Network, NodeName, Power } from '../../model.ts';

/** The kubelets of all sites. */
export interface Kubelets {
  power(node: NodeName): Power;
  /** Its process runs on a machine that is on and not frozen. */
  active(node: NodeName): boolean;
  /** It runs and reaches the API. */
  hears(node: NodeName): boolean;
  /** It can start containers, and it has learned its pods from the API since it started. */
  canStart(node: NodeName): boolean;
  /** When its process started; 0 when there is none. */
  sinceMs(node: NodeName): Ms;
  /** Another process than at the last call. */
  renewed(node: NodeName): boolean;
  /** Something on the node waits for its kubelet to reach the API. */
  waits(node: NodeName): void;
}

/** `act` is called for a node whose machine, runtime or kubelet changed, and for one that waited and reaches the API again. */
export function createKubelets(
  deps: { readonly machines: Machines; readonly network: Network; readonly controlPlane: ControlPlane },
  siteOf: ReadonlyMap<NodeName, string>,
  act: (node: NodeName) => void,
): Kubelets {
  const { machines, network, controlPlane } = deps;
  const pidOf = (node: NodeName) => machines.identity(node, 'kubelet')?.pid;
  const known = new Map([...siteOf.keys()].map((node) => [node, pidOf(node)]));
  const learned = new Map<NodeName, number>();
  const waiting = new Map<string, Set<NodeName>>();
  const active = (node: NodeName) => machines.process(node, 'kubelet') === 'running';
  const hears = (node: NodeName) => {
    if (!active(node) || !controlPlane.kubeletConnected(node)) return false;
    const pid = pidOf(node);
    if (pid !== undefined) learned.set(node, pid);
    return true;
  };
  const waits = (node: NodeName) => {
    const site = siteOf.get(node) ?? '';
    const nodes = waiting.get(site) ?? new Set<NodeName>();
    waiting.set(site, nodes.add(node));
  };
  machines.changed.on(({ node, component }) => {
    if (siteOf.has(node) && (component === undefined || component === 'kubelet' || component === 'containerd'))
      act(node);
  });
  const wake = (nodes: Set<NodeName> | undefined) => {
    for (const node of nodes ?? []) {
      if (!hears(node)) continue;
      nodes!.delete(node);
      act(node);
    }
  };
  controlPlane.changed.on(({ site }) => wake(waiting.get(site)));
  // A connection that outlived a short cut is never made anew.
  network.changed.on(() => {
    for (const nodes of waiting.values()) wake(nodes);
  });
  return {
    power: (node) => machines.power(node),
    active,
    hears,
    waits,
    sinceMs: (node) => machines.identity(node, 'kubelet')?.startedMs ?? 0,
    renewed: (node) => {
      const pid = pidOf(node);
      if (pid === undefined || known.get(node) === pid) return false;
      known.set(node, pid);
      return true;
    },
    canStart: (node) => {
      if (!machines.canStartContainers(node)) return false;
      if (hears(node) || learned.get(node) === pidOf(node)) return true;
      waits(node);
      return false;
    },
  };
}
