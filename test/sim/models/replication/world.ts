/** Two sites with one database each, the real network, and pods whose truth the test sets: the smallest world in which replication lives. */
import type { Replication } from '../../../../src/domain/between-sites.ts';
import type { Site, Topology, Workload } from '../../../../src/domain/topology.ts';
import { createKernel, createSignal } from '../../../../src/sim/kernel.ts';
import type { Pod, PodTruth } from '../../../../src/sim/model.ts';
import { createNetwork } from '../../../../src/sim/models/network.ts';
import { createReplication } from '../../../../src/sim/models/replication.ts';
import { plainPod } from '../specimens.ts';

type Stream = Extract<Replication, { mode: 'stream' }>;

export const bothWays: Stream = {
  name: 'orders',
  mode: 'stream',
  from: 'east/postgres',
  to: 'west/postgres',
  bothWays: true,
  originFilter: true,
  synchronous: false,
};
export const oneWay: Stream = { ...bothWays, bothWays: false };
export const batch: Replication = {
  name: 'nightly',
  mode: 'batch',
  from: 'east/postgres',
  to: 'west/postgres',
  schedule: '*/5 * * * *',
  periodMs: 300_000,
};

export interface WorldOptions {
  readonly replication?: readonly Replication[];
  readonly westRole?: Site['role'];
  readonly bandwidthMbps?: number;
  /** The databases keep their data in their containers. */
  readonly withoutVolume?: boolean;
  /** No workload names a database and none is there. */
  readonly withoutDatabase?: boolean;
}

export function createReplicationWorld(options: WorldOptions = {}) {
  const kernel = createKernel('7f3a');
  const site = (name: string, role: Site['role']) =>
    ({
      name,
      role,
      nodes: [{ name: `${name}-worker` }],
      workloads: options.withoutDatabase
        ? []
        : ([
            { name: 'orders', behaviour: { database: 'postgres' } },
            {
              kind: 'StatefulSet',
              name: 'postgres',
              behaviour: {},
              template: { volumeClaims: options.withoutVolume ? [] : ['data'] },
            },
          ] as unknown as Workload[]),
    }) as unknown as Site;
  const topology = {
    sites: [site('east', 'active'), site('west', options.westRole ?? 'active')],
    link: { delayMs: 20, bandwidthMbps: options.bandwidthMbps ?? 200 },
    replication: options.replication ?? [bothWays],
  } as unknown as Topology;
  const pods = new Map(['east', 'west'].map((name) => [name, podOf(name)]));
  const podChanged = createSignal<Pod>();
  const network = createNetwork(kernel, topology);
  const workloads = {
    podChanged,
    pods: (name: string, workload: string) => (workload === 'postgres' ? [pods.get(name)!] : []),
  };
  const model = createReplication(kernel, topology, { network, workloads });
  const run = (untilMs: number) => {
    kernel.at(untilMs, () => {});
    while (kernel.step(untilMs));
  };
  return {
    kernel,
    network,
    model,
    run,
    /** Commits and acknowledges at the database of the site. */
    order: (name: string, count: number) => {
      const orders = model.commit(name, 'postgres', count);
      model.acknowledge(name, orders);
      return orders;
    },
    /** Commits `count` every 100 ms from now until `untilMs` wherever it is writable. */
    trade: (names: readonly string[], count: number, untilMs: number) => {
      for (let ms = Math.max(kernel.now(), 1); ms < untilMs; ms += 100) {
        run(ms);
        for (const name of names)
          if (model.writable(name, 'postgres')) model.acknowledge(name, model.commit(name, 'postgres', count));
      }
      run(untilMs);
    },
    setPod: (name: string, truth: PodTruth) => {
      const pod = { ...pods.get(name)!, truth };
      pods.set(name, pod);
      podChanged.emit(pod);
    },
    /** The container of the pod ends and is started anew at once; the API server hears of it later, if at all. */
    restart: (name: string) => {
      for (const truth of ['refusing', 'serving'] as const) {
        const pod = { ...pods.get(name)!, truth };
        if (truth === 'serving') pod.starts++;
        pods.set(name, pod);
        podChanged.emit(pod);
      }
    },
    /** Another pod takes the place of the one that is there. */
    replace: (name: string) => {
      const pod = { ...pods.get(name)!, uid: pods.get(name)!.uid + 1 };
      pods.set(name, pod);
      podChanged.emit(pod);
    },
    held: (name: string) => model.audit().held[`${name}/postgres`],
  };
}

function podOf(site: string) {
  return plainPod({ name: 'postgres-0', site, workload: 'postgres', node: `${site}-worker` });
}
