/** A one-site world with workloads, on the real models of machines, network, etcd and control plane, for the tests of nodes and workloads. */
import type {
  Behaviour,
  NodeSpec,
  PodTemplate,
  Rollout,
  Site,
  Topology,
  Workload,
} from '../../../../src/domain/topology.ts';
import { createKernel } from '../../../../src/sim/kernel.ts';
import type { Pod } from '../../../../src/sim/model.ts';
import { createControlPlane } from '../../../../src/sim/models/control-plane.ts';
import { createEtcd } from '../../../../src/sim/models/etcd.ts';
import { createMachines } from '../../../../src/sim/models/machines.ts';
import { createNetwork } from '../../../../src/sim/models/network.ts';
import { createNodes } from '../../../../src/sim/models/nodes.ts';
import { createWorkloads } from '../../../../src/sim/models/workloads.ts';
import { plainRollout, plainTemplate } from '../specimens.ts';

/** What may be said of a workload; the rest is a small ordinary one. */
export interface WorkloadWish {
  readonly kind?: Workload['kind'];
  readonly replicas?: number;
  readonly template?: Partial<PodTemplate>;
  readonly rollout?: Partial<Rollout>;
  readonly behaviour?: Partial<Behaviour>;
}

const probe = { initialDelaySeconds: 0, periodSeconds: 2, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 };

/** A probe every 2 s, three failures, 1 s time-out, unless told otherwise. */
export function probeOf(wish: Partial<typeof probe> = {}): typeof probe {
  return { ...probe, ...wish };
}

/** A Deployment of 3 with a readiness probe, unless told otherwise. */
export function workloadOf(name: string, wish: WorkloadWish = {}): Workload {
  const selector = { labels: { app: name }, expressions: [] };
  return {
    kind: wish.kind ?? 'Deployment',
    name,
    namespace: 'default',
    replicas: wish.replicas ?? 3,
    selector,
    template: plainTemplate(name, {
      requests: { cpuCores: 0.1, memoryMiB: 64 },
      utilisationCores: 0.1,
      readiness: probe,
      ...wish.template,
    }),
    rollout: plainRollout({
      ...(wish.kind === 'DaemonSet' && { maxUnavailable: { count: 1 } }),
      ...wish.rollout,
    }),
    behaviour: {
      serviceTimeMs: 20,
      serviceTimeP99Ms: 60,
      concurrency: 10,
      queueMax: 100,
      startupMs: 1_500,
      imagePullMs: 0,
      cpuMsPerRequest: 1,
      calls: [],
      release: 'good',
      ...wish.behaviour,
    },
  };
}

/** The taint that keeps workloads off control planes. */
export const controlPlaneTaint = {
  key: 'node-role.kubernetes.io/control-plane',
  value: '',
  effect: 'NoSchedule',
} as const;

/** Options of {@link workloadWorld}. */
export interface WorldWish extends Partial<Site> {
  readonly seed?: number;
  readonly controlPlanes?: number;
  readonly workers?: number;
  readonly node?: (spec: NodeSpec, index: number) => Partial<NodeSpec>;
  readonly minor?: number;
}

/** Control planes and workers named as kind does. */
function plainNodes(controlPlanes: number, workers: number): NodeSpec[] {
  const numbered = (base: string, n: number) =>
    Array.from({ length: n }, (_, i) => (i === 0 ? base : `${base}${i + 1}`));
  const spec = (role: NodeSpec['role'], name: string): NodeSpec => {
    const taints = role === 'control-plane' ? [controlPlaneTaint] : [];
    return { name, role, labels: {}, taints, cpuCores: 8, memoryMiB: 16_384, podsMax: 110 };
  };
  return [
    ...numbered('east-control-plane', controlPlanes).map((name) => spec('control-plane', name)),
    ...numbered('east-worker', workers).map((name) => spec('worker', name)),
  ];
}

/** A topology of one site. */
function topologyOf(site: Site): Topology {
  const check = { path: '/ready', intervalMs: 2_000, timeoutMs: 1_000, fall: 3, rise: 2 };
  return {
    name: 'test',
    sites: [site],
    link: { delayMs: 20, bandwidthMbps: 200 },
    replication: [],
    globalLoadBalancer: { mode: 'proxy', check, weights: {} },
    steadyState: {},
    notModelled: [],
    assumed: [],
    files: [],
  };
}

/** Site `east` with tainted control planes (1) and workers (3), nothing deployed yet. */
export function workloadWorld(workloads: readonly Workload[], wish: WorldWish = {}) {
  const { seed = 1, controlPlanes = 1, workers = 3, node, minor = 34, ...site } = wish;
  const east: Site = {
    name: 'east',
    role: 'active',
    kubernetes: { minor, assumed: true },
    apiLoadBalancer: 'haproxy',
    services: [],
    autoscalers: [],
    disruptionBudgets: [],
    ...site,
    nodes: plainNodes(controlPlanes, workers).map((spec, i) => ({ ...spec, ...node?.(spec, i) })),
    workloads,
  };
  const kernel = createKernel(seed.toString(16));
  const machines = createMachines(kernel, [east]);
  const network = createNetwork(kernel, topologyOf(east));
  const etcd = createEtcd(kernel, [east], { machines, network });
  const controlPlane = createControlPlane(kernel, [east], { machines, network, etcd });
  const nodes = createNodes(kernel, [east], { machines, network, etcd, controlPlane });
  const models = createWorkloads(kernel, [east], { machines, network, etcd, controlPlane, nodes });
  let played = 0;
  const step = (limitMs: number) => {
    const stepped = kernel.step(limitMs);
    if (stepped) played++;
    return stepped;
  };
  const runTo = (limitMs: number) => {
    let there = false;
    kernel.at(limitMs, () => {
      there = true;
    });
    while (!there) step(limitMs);
  };
  const waitFor = (test: () => boolean, ms = 900_000): number | undefined => {
    const limitMs = kernel.now() + ms;
    while (!test()) if (!step(limitMs)) return undefined;
    return kernel.now();
  };
  const pods = (workload: string): readonly Pod[] => models.pods('east', workload);
  const live = (workload: string) => pods(workload).filter((pod) => pod.deletedMs === undefined);
  const ready = (workload: string) => live(workload).filter((pod) => pod.ready).length;
  const status = (workload: string) => models.status('east', workload);
  const whole = (workload: string) => {
    const { wanted, ready: up, updated, total } = status(workload);
    return up === wanted && updated === wanted && total === wanted;
  };
  const allWhole = () => workloads.every(({ name }) => whole(name));
  /** Deploys and waits until every workload is whole; the world's time then. */
  const deployed = () => {
    models.deploy('east');
    runTo(kernel.now() + 1_000);
    return waitFor(allWhole, 600_000);
  };
  const runFor = (ms: number) => runTo(kernel.now() + ms);
  const world = { kernel, machines, network, etcd, controlPlane, nodes, workloads: models, east };
  return {
    ...world,
    pods,
    live,
    ready,
    status,
    whole,
    allWhole,
    deployed,
    runTo,
    runFor,
    waitFor,
    events: () => played,
  };
}

/** The name of a worker by number, from 1. */
export function worker(number: number): string {
  return number === 1 ? 'east-worker' : `east-worker${number}`;
}

/** Mean of numbers. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
