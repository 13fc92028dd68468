/** A one-site world with workloads, on the real models of machines, network, etcd and control plane, for the tests of nodes and workloads. */
import type { Behaviour, NodeSpec, PodTemplate, Rollout, Site, Workload } from '../../../src/domain/topology.ts';
import type { Pod } from '../../../src/sim/model.ts';
import { createNodes } from '../../../src/sim/models/nodes.ts';
import { createWorkloads } from '../../../src/sim/models/workloads.ts';
import { siteOf, worldOf } from './machines-world.ts';

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
    template: {
      labels: { app: name },
      annotations: {},
      image: `${name}:1`,
      requests: { cpuCores: 0.1, memoryMiB: 64 },
      limits: {},
      readiness: probe,
      terminationGraceSeconds: 30,
      preStopSeconds: 0,
      tolerations: [],
      nodeSelector: {},
      topologySpread: [],
      antiAffinity: [],
      volumeClaims: [],
      hostNetwork: false,
      ...wish.template,
    },
    rollout: {
      strategy: 'RollingUpdate',
      maxSurge: { ratio: 0.25 },
      maxUnavailable: wish.kind === 'DaemonSet' ? { count: 1 } : { ratio: 0.25 },
      minReadySeconds: 0,
      progressDeadlineSeconds: 600,
      podManagement: 'OrderedReady',
      partition: 0,
      ...wish.rollout,
    },
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

/** Site `east` with tainted control planes (1) and workers (3), nothing deployed yet. */
export function workloadWorld(workloads: readonly Workload[], wish: WorldWish = {}) {
  const { seed = 1, controlPlanes = 1, workers = 3, node, minor = 34, ...site } = wish;
  const plain = siteOf('east', controlPlanes, workers, { kubernetes: { minor, assumed: true }, ...site, workloads });
  const nodesOf = plain.nodes.map((spec, i) => ({
    ...spec,
    taints: spec.role === 'control-plane' ? [controlPlaneTaint] : [],
    ...node?.(spec, i),
  }));
  const east: Site = { ...plain, nodes: nodesOf };
  const world = worldOf(seed, [east]);
  const nodes = createNodes(world.kernel, [east], world);
  const models = createWorkloads(world.kernel, [east], { ...world, nodes });
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
    world.runTo(world.kernel.now() + 1); // the first wish is written
    return world.until(allWhole, world.kernel.now() + 600_000);
  };
  const runFor = (ms: number) => world.runTo(world.kernel.now() + ms);
  const waitFor = (test: () => boolean, ms = 900_000) => world.until(test, world.kernel.now() + ms);
  return { ...world, nodes, workloads: models, east, pods, live, ready, status, whole, deployed, runFor, waitFor };
}

/** The name of a worker by number, from 1. */
export function worker(number: number): string {
  return number === 1 ? 'east-worker' : `east-worker${number}`;
}
