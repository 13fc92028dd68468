/** One small site and the objects of its cluster as literal data, for tests of facts. */
import type { Site, Workload } from '../../../../src/domain/topology.ts';
import type { Ground, SiteGround } from '../../../../src/platform/kind/ground.ts';
import {
  createClusterState,
  type KindOf,
  keyOf,
  type WritableState,
} from '../../../../src/platform/kind/observe/cluster-state.ts';
import type { ApiObject, PodObject, WorkloadObject } from '../../../../src/platform/kind/observe/objects.ts';
import type { Reading } from '../../../../src/platform/kind/observe/teller.ts';
import { plainRollout, plainTemplate } from '../../../sim/models/specimens.ts';

/** A workload of namespace `shop`. */
export function workload(kind: Workload['kind'], name: string, given: Partial<Workload> = {}): Workload {
  return {
    kind,
    name,
    namespace: 'shop',
    replicas: 3,
    selector: { labels: { app: name }, expressions: [] },
    template: plainTemplate(name),
    rollout: plainRollout(),
    behaviour: {
      serviceTimeMs: 20,
      serviceTimeP99Ms: 20,
      concurrency: 10,
      queueMax: 100,
      startupMs: 1000,
      imagePullMs: 0,
      cpuMsPerRequest: 1,
      calls: [],
      release: 'good',
    },
    ...given,
  };
}

/** Site `east`: a control plane and a worker, `orders` behind a Service and an autoscaler, a database, an agent. */
export const site: Site = {
  name: 'east',
  role: 'active',
  kubernetes: { minor: 34, assumed: false },
  apiLoadBalancer: 'haproxy',
  nodes: ['east-control-plane', 'east-worker'].map((name) => ({
    name,
    role: name.endsWith('worker') ? 'worker' : 'control-plane',
    labels: {},
    taints: [],
    cpuCores: 4,
    memoryMiB: 8192,
    podsMax: 110,
  })),
  workloads: [
    workload('Deployment', 'orders'),
    workload('StatefulSet', 'postgres', { replicas: 1 }),
    workload('DaemonSet', 'agent'),
  ],
  services: [
    {
      name: 'orders',
      namespace: 'shop',
      selector: { labels: { app: 'orders' }, expressions: [] },
      workloads: ['orders'],
      serves: 'orders',
      policy: { balance: 'round-robin', timeoutMs: 1000, retries: 0, rateLimitRps: {} },
    },
  ],
  autoscalers: [
    {
      name: 'orders',
      namespace: 'shop',
      workload: 'orders',
      replicasMin: 3,
      replicasMax: 9,
      metrics: [],
      scaleUp: { stabilizationMs: 0, select: 'Max', policies: [], toleranceRatio: 0.1 },
      scaleDown: { stabilizationMs: 0, select: 'Max', policies: [], toleranceRatio: 0.1 },
    },
  ],
  disruptionBudgets: [],
};

/** Its ground. */
export const siteGround: SiteGround = {
  name: 'east',
  cluster: 'ep-1-east',
  kubeconfig: 'east.kubeconfig',
  machines: site.nodes.map(({ name, role }, i) => ({
    node: name,
    site: 'east',
    role,
    container: `ep-1-${name}`,
    address: `172.20.0.${i + 11}`,
  })),
};

/** The ground of a pair of which only `east` matters. */
export const ground: Ground = {
  id: 'ep-1',
  folder: '/nowhere',
  network: 'ep-1',
  subnet: '172.20.0.0/22',
  sites: [siteGround],
  link: { container: 'ep-1-link', address: '172.20.2.10' },
  globalLoadBalancer: { container: 'ep-1-global-lb', address: '172.20.2.11' },
};

/** A state that holds these objects. */
export function stateOf(objects: Partial<Record<KindOf, readonly ApiObject[]>>): WritableState {
  const state = createClusterState();
  for (const [kind, list] of Object.entries(objects)) {
    const into: Map<string, ApiObject> = state[kind as KindOf];
    for (const object of list) into.set(keyOf(object), object);
  }
  return state;
}

/** A pod of `orders`. */
export function pod(
  name: string,
  given: { readonly node?: string; readonly ready?: boolean; readonly deleted?: boolean } = {},
): PodObject {
  const { node = 'ep-1-east-worker', ready = true, deleted = false } = given;
  return {
    metadata: {
      name,
      namespace: 'shop',
      labels: { 'pod-template-hash': '7d9f' },
      ownerReferences: [{ kind: 'ReplicaSet', name: 'orders-7d9f', controller: true }],
      ...(deleted && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    spec: { nodeName: node },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

/** A Deployment of which `ready` of `wanted` are ready. */
export function deployment(
  wanted: number,
  ready: number,
  more: Partial<NonNullable<WorkloadObject['status']>> = {},
): WorkloadObject {
  return {
    metadata: {
      name: 'orders',
      namespace: 'shop',
      generation: 4,
      annotations: { 'deployment.kubernetes.io/revision': '2' },
    },
    spec: { replicas: wanted },
    status: { observedGeneration: 4, replicas: wanted, readyReplicas: ready, updatedReplicas: wanted, ...more },
  };
}

/** Values by `fact|subject…`, short for comparing. */
export function values(readings: readonly Reading[]): Readonly<Record<string, Reading['value']>> {
  return Object.fromEntries(
    readings.map(({ fact, subject, value }) => [[fact, ...Object.values(subject).slice(1)].join(' '), value]),
  );
}
