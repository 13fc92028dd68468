/** What a topology costs as real clusters. Apart because memory, cores, disk and watches are all judged by it. Measured at rest with Kubernetes 1.34, two sites side by side, on 2 cores. */
import type { Site, Topology } from '../../../domain/topology.ts';

/** What one pair needs. */
export interface Cost {
  readonly topology: string;
  /** Containers that are nodes, load balancers included. */
  readonly containers: number;
  readonly memoryMiB: number;
  /** At rest, without load. */
  readonly cpuCores: number;
  readonly diskMiB: number;
}

/** MiB: the first control plane holds what kubeadm puts on one node only. Too low: the kernel kills processes and a run says *unknown*. */
const memory = { firstControlPlane: 620, controlPlane: 410, worker: 100, loadBalancer: 40 } as const;
/** MiB of a pod of the reference workload, and of what stands beside it on each site (metrics, adapters) or on the host (k6, proxies, this program). */
const around = { pod: 45, perSite: 250, host: 700 } as const;
/** Cores at rest: 0.8 for 12 containers of two sites, most of it etcd and API servers. */
const cores = { controlPlane: 0.1, worker: 0.04 } as const;
/** MiB that a container adds to the disk; images come once and are not among them. */
const disk = { controlPlane: 1_450, worker: 850 } as const;

/** The cost of a pair of this topology. */
export function costOf(topology: Topology): Cost {
  const sites = topology.sites.map(costOfSite);
  const sum = (of: (site: Omit<Cost, 'topology'>) => number) => sites.reduce((total, site) => total + of(site), 0);
  return {
    topology: topology.name,
    containers: sum((site) => site.containers),
    memoryMiB: around.host + sum((site) => site.memoryMiB),
    cpuCores: sum((site) => site.cpuCores),
    diskMiB: sum((site) => site.diskMiB),
  };
}

function costOfSite({ nodes, workloads }: Site): Omit<Cost, 'topology'> {
  const planes = nodes.filter(({ role }) => role === 'control-plane').length;
  const workers = nodes.length - planes;
  const balancers = planes > 1 ? 1 : 0;
  const pods = workloads.reduce((n, { kind, replicas }) => n + (kind === 'DaemonSet' ? nodes.length : replicas), 0);
  return {
    containers: nodes.length + balancers,
    memoryMiB:
      memory.firstControlPlane +
      (planes - 1) * memory.controlPlane +
      workers * memory.worker +
      balancers * memory.loadBalancer +
      pods * around.pod +
      around.perSite,
    cpuCores: planes * cores.controlPlane + workers * cores.worker,
    diskMiB: planes * disk.controlPlane + workers * disk.worker,
  };
}
