/** How many pods of a selector each topology domain holds, kept up to date so that spread and anti-affinity cost nothing per node. */
import type { NodeSpec } from '../../domain/topology.ts';

/** Counts per domain of one topology key. */
export interface TopologyCounts {
  add(node: NodeSpec, sign: 1 | -1): void;
  /** Pods in the node's domain; undefined when the node lacks the key. */
  at(node: NodeSpec): number | undefined;
  /** Fewest pods of any eligible domain; 0 when there is none. */
  least(): number;
  /** Number of eligible domains. */
  readonly domains: number;
}

/** The domain of a node: the label's value; kubelets set the host name themselves. */
export function domainOf(node: NodeSpec, key: string): string | undefined {
  return node.labels[key] ?? (key === 'kubernetes.io/hostname' ? node.name : undefined);
}

/** Empty counts; `eligible` are the nodes whose domains count for the least (nodeSelector honoured, taints ignored: kubernetes/kubernetes pkg/scheduler/framework/plugins/podtopologyspread defaults). */
export function createTopologyCounts(key: string, eligible: readonly NodeSpec[]): TopologyCounts {
  const counts = new Map<string, number>();
  const levels: number[] = [];
  let least = 0;
  for (const node of eligible) {
    const domain = domainOf(node, key);
    if (domain !== undefined) counts.set(domain, 0);
  }
  const domains = counts.size;
  const ineligible = new Map<string, number>();
  levels[0] = domains;
  const move = (domain: string, before: number, after: number) => {
    counts.set(domain, after);
    levels[before]!--;
    levels[after] = (levels[after] ?? 0) + 1;
    if (after < least) least = after;
    while (levels[least] === 0 && least < levels.length - 1) least++;
  };
  return {
    domains,
    add: (node, sign) => {
      const domain = domainOf(node, key);
      if (domain === undefined) return;
      const before = counts.get(domain);
      if (before === undefined) ineligible.set(domain, (ineligible.get(domain) ?? 0) + sign);
      else move(domain, before, before + sign);
    },
    at: (node) => {
      const domain = domainOf(node, key);
      return domain === undefined ? undefined : (counts.get(domain) ?? ineligible.get(domain) ?? 0);
    },
    least: () => (domains === 0 ? 0 : least),
  };
}
