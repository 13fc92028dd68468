/** How many pods of a selector each topology domain holds, kept up to date so that spread and anti-affinity cost nothing per node. */
import type { NodeSpec } from '../../../domain/topology.ts';

/** Counts per domain of one topology key. Nodes are named by their position in the site. */
export interface TopologyCounts {
  add(node: number, sign: 1 | -1): void;
  /** Pods in the node's domain; −1 when the node lacks the key. */
  at(node: number): number;
  /** Fewest pods of any eligible domain; 0 when there is none. */
  least(): number;
  /** Number of eligible domains. */
  readonly domains: number;
}

/** The domain of a node: the label's value; kubelets set the host name themselves. */
function domainOf(node: NodeSpec, key: string): string | undefined {
  return node.labels[key] ?? (key === 'kubernetes.io/hostname' ? node.name : undefined);
}

/** Empty counts over the nodes of a site; domains of `eligible` nodes count for the least (nodeSelector honoured, taints ignored: kubernetes/kubernetes pkg/scheduler/framework/plugins/podtopologyspread defaults). */
export function createTopologyCounts(
  key: string,
  nodes: readonly NodeSpec[],
  eligible: (node: NodeSpec) => boolean,
): TopologyCounts {
  const ids = new Map<string, number>();
  const domainAt = new Int32Array(nodes.length).fill(-1);
  const counts: number[] = [];
  const counting: boolean[] = [];
  nodes.forEach((node, i) => {
    const domain = domainOf(node, key);
    if (domain === undefined) return;
    const id = ids.get(domain) ?? ids.size;
    ids.set(domain, id);
    domainAt[i] = id;
    counts[id] = 0;
    counting[id] = counting[id] === true || eligible(node);
  });
  const domains = counting.filter(Boolean).length;
  /** How many eligible domains hold so many pods. */
  const levels: number[] = [domains];
  let least = 0;
  const move = (before: number, after: number) => {
    levels[before]!--;
    levels[after] = (levels[after] ?? 0) + 1;
    if (after < least) least = after;
    while (levels[least] === 0 && least < levels.length - 1) least++;
  };
  return {
    domains,
    add: (node, sign) => {
      const id = domainAt[node]!;
      if (id < 0) return;
      const before = counts[id]!;
      counts[id] = before + sign;
      if (counting[id]) move(before, before + sign);
    },
    at: (node) => {
      const id = domainAt[node]!;
      return id < 0 ? -1 : counts[id]!;
    },
    least: () => (domains === 0 ? 0 : least),
  };
}
