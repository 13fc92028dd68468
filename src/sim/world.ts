/** One simulated world: the kernel and all models, wired in the order in which they need each other. The only file that knows every model. */
import type { Promotion, Traffic } from '../domain/event.ts';
import type { Topology } from '../domain/topology.ts';
import { type HostTimes, idleHost } from './host-times.ts';
import { createKernel, createSignal, type KernelDriver, type Signal } from './kernel.ts';
import type { Models } from './model.ts';
import { createAutoscaler } from './models/autoscaler.ts';
import { createControlPlane } from './models/control-plane.ts';
import { createEtcd } from './models/etcd.ts';
import { createMachines } from './models/machines.ts';
import { createNetwork } from './models/network.ts';
import { createNodes } from './models/nodes.ts';
import { createReplication } from './models/replication.ts';
import { createRouting } from './models/routing.ts';
import { createTraffic } from './models/traffic.ts';
import { createWorkloads } from './models/workloads.ts';

/** A world in which nothing has been deployed yet. */
export interface World extends Models {
  readonly kernel: KernelDriver;
  readonly topology: Topology;
  /** What became of customers' requests, per stretch of time. */
  readonly served: Signal<Traffic>;
  /** What a promoted database lacked. */
  readonly promoted: Signal<Promotion>;
}

/** A world of this topology at time 0: machines on, control planes up. `seed`: 1 to 16 hexadecimal digits. `host`: the machine that it is to be like. */
export function createWorld(topology: Topology, seed: string, host: HostTimes = idleHost): World {
  const kernel = createKernel(seed);
  const { sites } = topology;
  const served = createSignal<Traffic>();
  const machines = createMachines(kernel, sites, host);
  const network = createNetwork(kernel, topology);
  const etcd = createEtcd(kernel, sites, { machines, network }, host);
  const controlPlane = createControlPlane(kernel, sites, { machines, network, etcd });
  const nodes = createNodes(kernel, sites, { machines, network, etcd, controlPlane });
  const workloads = createWorkloads(kernel, sites, { machines, network, etcd, controlPlane, nodes }, host);
  const routing = createRouting(kernel, topology, { network, machines, controlPlane, nodes, workloads });
  const replication = createReplication(kernel, topology, { network, workloads, controlPlane });
  const traffic = createTraffic(kernel, topology, { network, machines, workloads, routing, replication }, served.emit);
  const autoscaler = createAutoscaler(kernel, sites, { controlPlane, machines, workloads, traffic, etcd });
  const models = { machines, network, etcd, controlPlane, nodes, workloads, routing, replication, traffic, autoscaler };
  return { kernel, topology, sites, served, promoted: createSignal<Promotion>(), ...models };
}
