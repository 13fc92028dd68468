/** Small topologies and a world of machines, network, etcd and control plane for the tests of these models. */
import type { NodeSpec, Site, Topology } from '../../../../src/domain/topology.ts';
import { createKernel } from '../../../../src/sim/kernel.ts';
import { createControlPlane } from '../../../../src/sim/models/control-plane.ts';
import { createEtcd } from '../../../../src/sim/models/etcd.ts';
import { createMachines } from '../../../../src/sim/models/machines.ts';
import { createNetwork } from '../../../../src/sim/models/network.ts';

/** A site named `name` with so many control planes and workers, named as kind does. */
export function siteOf(name: string, controlPlanes: number, workers = 2, options: Partial<Site> = {}): Site {
  const numbered = (base: string, n: number) =>
    Array.from({ length: n }, (_, i) => (i === 0 ? base : `${base}${i + 1}`));
  const node = (role: NodeSpec['role']) => (nodeName: string) => ({
    name: nodeName,
    role,
    labels: {},
    taints: [],
    cpuCores: 8,
    memoryMiB: 16_384,
    podsMax: 110,
  });
  return {
    name,
    role: 'active',
    kubernetes: { minor: 34, assumed: true },
    apiLoadBalancer: 'haproxy',
    nodes: [
      ...numbered(`${name}-control-plane`, controlPlanes).map(node('control-plane')),
      ...numbered(`${name}-worker`, workers).map(node('worker')),
    ],
    workloads: [],
    services: [],
    autoscalers: [],
    disruptionBudgets: [],
    ...options,
  };
}

/** A topology of these sites, 20 ms apart. */
export function topologyOf(sites: readonly Site[]): Topology {
  return {
    name: 'test',
    sites,
    link: { delayMs: 20, bandwidthMbps: 200 },
    replication: [],
    globalLoadBalancer: {
      mode: 'proxy',
      check: { path: '/ready', intervalMs: 2_000, timeoutMs: 1_000, fall: 3, rise: 2 },
      weights: {},
    },
    steadyState: {},
    notModelled: [],
    assumed: [],
    files: [],
  };
}

/** The four models in one kernel. `runTo` plays until that time; `events` counts what was played. */
export function worldOf(seed: number, sites: readonly Site[]) {
  const kernel = createKernel(seed.toString(16));
  const machines = createMachines(kernel, sites);
  const network = createNetwork(kernel, topologyOf(sites));
  const etcd = createEtcd(kernel, sites, { machines, network });
  const controlPlane = createControlPlane(kernel, sites, { machines, network, etcd });
  let events = 0;
  const step = (limitMs: number) => {
    const stepped = kernel.step(limitMs);
    if (stepped) events++;
    return stepped;
  };
  /** Plays events until time `limitMs` (a marker keeps the clock exact). */
  const runTo = (limitMs: number) => {
    let there = false;
    kernel.at(limitMs, () => {
      there = true;
    });
    while (!there) kernel.step(limitMs) && events++;
  };
  /** Time at which `test` first holds, at most `limitMs`; undefined when it does not. */
  const until = (test: () => boolean, limitMs: number): number | undefined => {
    while (!test()) if (!step(limitMs)) return undefined;
    return kernel.now();
  };
  return { kernel, machines, network, etcd, controlPlane, runTo, until, events: () => events };
}

/** Mean and a percentile of numbers. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value below which `ratio` of the numbers lie. */
export function percentile(values: readonly number[], ratio: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(ratio * sorted.length))]!;
}
