/** A small world for the tests of routing and traffic: pods that are what the test says, a network and databases that always work unless told. */

import type { Traffic } from '../../../../src/domain/event.ts';
import type { LoadPlan } from '../../../../src/domain/load.ts';
import type { Behaviour, CallPolicy, Service, Site, Topology, Workload } from '../../../../src/domain/topology.ts';
import { createKernel, createSignal, type KernelDriver } from '../../../../src/sim/kernel.ts';
import type {
  ControlPlane,
  Machines,
  Network,
  Nodes,
  Pod,
  ReplicationModel,
  Routing,
  Workloads,
} from '../../../../src/sim/model.ts';
import { createRouting } from '../../../../src/sim/models/routing.ts';
import { createTraffic } from '../../../../src/sim/models/traffic.ts';
import { plainPod, plainRollout, plainTemplate } from '../specimens.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type TestPod = Mutable<Pod>;

export const behaviour = (given: Partial<Behaviour> = {}): Behaviour => ({
  serviceTimeMs: 20,
  serviceTimeP99Ms: 60,
  concurrency: 10,
  queueMax: 100,
  startupMs: 0,
  imagePullMs: 0,
  cpuMsPerRequest: 1,
  calls: [],
  release: 'good',
  ...given,
});

export const policy = (given: Partial<CallPolicy> = {}): CallPolicy => ({
  balance: 'round-robin',
  timeoutMs: 1000,
  retries: 0,
  rateLimitRps: {},
  ...given,
});

export const workload = (
  name: string,
  given: Partial<Behaviour> = {},
  replicas = 2,
  limits: Workload['template']['limits'] = {},
): Workload => ({
  kind: 'Deployment',
  name,
  namespace: 'default',
  replicas,
  selector: { labels: { app: name }, expressions: [] },
  template: plainTemplate(name, { limits }),
  rollout: plainRollout(),
  behaviour: behaviour(given),
});

export const service = (name: string, given: Partial<CallPolicy> = {}, serves?: string): Service => ({
  name,
  namespace: 'default',
  selector: { labels: { app: name }, expressions: [] },
  workloads: [name],
  ...(serves === undefined ? {} : { serves }),
  policy: policy(given),
});

export const site = (name: string, workloads: readonly Workload[], services: readonly Service[]): Site => ({
  name,
  role: 'active',
  kubernetes: { minor: 34, assumed: true },
  apiLoadBalancer: 'haproxy',
  nodes: [1, 2, 3].map((i) => ({
    name: `${name}-worker${i}`,
    role: 'worker',
    labels: {},
    taints: [],
    cpuCores: 8,
    memoryMiB: 8192,
    podsMax: 110,
  })),
  workloads,
  services,
  autoscalers: [],
  disruptionBudgets: [],
});

export const topology = (sites: readonly Site[], given: Partial<Topology> = {}): Topology => ({
  name: 'test',
  sites,
  link: { delayMs: 20, bandwidthMbps: 200 },
  replication: [],
  globalLoadBalancer: {
    mode: 'proxy',
    check: { path: '/ready', intervalMs: 2000, timeoutMs: 1000, fall: 3, rise: 2 },
    weights: Object.fromEntries(sites.map((each) => [each.name, 50])),
  },
  steadyState: {},
  notModelled: [],
  assumed: [],
  files: [],
  ...given,
});

export const constantPlan = (rates: Readonly<Record<string, number>>, limitMs = 600_000): LoadPlan => ({
  service: 'orders',
  channels: Object.entries(rates).map(([name, rate]) => ({
    name,
    points: [[0, rate]],
    rateRpsBase: rate,
    rateRpsPeak: rate,
  })),
  limitMs,
});

export interface World {
  readonly kernel: KernelDriver;
  readonly routing: Routing;
  readonly traffic: ReturnType<typeof createTraffic>;
  readonly events: Traffic[];
  readonly pods: TestPod[];
  /** What the test may turn. */
  readonly knobs: { controllerActs: boolean; watches: boolean; reachable: Record<string, boolean>; writable: boolean };
  readonly committed: { acknowledged: number; indeterminate: number };
  of(site: string, workload: string): TestPod[];
  change(pod: TestPod, given: Partial<TestPod>): void;
  add(site: string, workload: string): TestPod;
  remove(pod: TestPod): void;
  networkChanged(): void;
  controlChanged(): void;
  run(untilMs: number): void;
}

/** Builds the world; every pod of every Deployment is ready at time 0. */
export function createWorld(shape: Topology, seed = '1'): World {
  const kernel = createKernel(seed);
  const knobs: World['knobs'] = {
    controllerActs: true,
    watches: true,
    reachable: Object.fromEntries(shape.sites.map((each) => [each.name, true])),
    writable: true,
  };
  const pods: TestPod[] = [];
  const podChanged = createSignal<Pod>();
  const networkSignal = createSignal<{ at: number }>();
  const controlSignal = createSignal<{ site: string }>();
  const replicationSignal = createSignal<{ at: number }>();
  const specs = new Map(shape.sites.flatMap((s) => s.workloads.map((w) => [`${s.name}/${w.name}`, w] as const)));
  const waiting: (() => void)[] = [];
  const committed = { acknowledged: 0, indeterminate: 0 };
  let orders = 1;
  const add = (siteName: string, name: string): TestPod => {
    const nodes = shape.sites.find((s) => s.name === siteName)!.nodes;
    const pod: TestPod = plainPod({
      name: `${name}-${pods.length}`,
      uid: pods.length + 1,
      site: siteName,
      workload: name,
      node: nodes[pods.length % nodes.length]!.name,
    });
    pods.push(pod);
    return pod;
  };
  const network = {
    changed: networkSignal,
    passes: () => true,
    connects: () => true,
    delayMs: () => 0.2,
    lossRatio: () => 0,
    reachable: (name: string) => knobs.reachable[name] ?? true,
  } as unknown as Network;
  const controlPlane = {
    changed: controlSignal,
    watchLive: () => knobs.watches,
    whenControllerActs: (_site: string, act: () => void) => (knobs.controllerActs ? act() : void waiting.push(act)),
  } as unknown as ControlPlane;
  const gone = new Set<number>();
  const workloads = {
    podChanged,
    workloadChanged: createSignal(),
    spec: (s: string, name: string) => specs.get(`${s}/${name}`)!,
    pods: (s: string, name: string) =>
      pods.filter((pod) => pod.site === s && pod.workload === name && !gone.has(pod.uid)),
  } as unknown as Workloads;
  const machines = { power: () => 'on', changed: createSignal() } as unknown as Machines;
  const replication = {
    changed: replicationSignal,
    changing: createSignal<{ at: number }>(),
    writable: () => knobs.writable,
    primary: () => knobs.writable,
    commitMs: () => 0,
    commit: (_s: string, _w: string, count: number) => {
      orders += count;
      return [orders - count, orders] as const;
    },
    acknowledge: (_s: string, [from, to]: readonly [number, number]) => {
      committed.acknowledged += to - from;
    },
    indeterminate: (_s: string, [from, to]: readonly [number, number]) => {
      committed.indeterminate += to - from;
    },
  } as unknown as ReplicationModel;
  const routing = createRouting(kernel, shape, { network, machines, controlPlane, nodes: {} as Nodes, workloads });
  const events: Traffic[] = [];
  const traffic = createTraffic(kernel, shape, { network, machines, workloads, routing, replication }, (event) => {
    events.push(event);
  });
  for (const each of shape.sites)
    for (const spec of each.workloads) for (let i = 0; i < spec.replicas; i++) add(each.name, spec.name);
  return {
    kernel,
    routing,
    traffic,
    events,
    pods,
    knobs,
    committed,
    of: (s, name) => pods.filter((pod) => pod.site === s && pod.workload === name && !gone.has(pod.uid)),
    change: (pod, given) => {
      Object.assign(pod, given);
      podChanged.emit(pod);
    },
    add: (s, name) => {
      const pod = add(s, name);
      podChanged.emit(pod);
      return pod;
    },
    remove: (pod) => {
      gone.add(pod.uid);
      podChanged.emit(pod);
    },
    networkChanged: () => networkSignal.emit({ at: kernel.now() }),
    controlChanged: () => {
      if (knobs.controllerActs) for (const act of waiting.splice(0)) act();
      for (const each of shape.sites) controlSignal.emit({ site: each.name });
    },
    run: (untilMs) => {
      kernel.at(untilMs, () => {});
      while (kernel.step(untilMs)) {
        // each step is one entry of the queue
      }
    },
  };
}

/** Sums of some events. */
export function totals(events: readonly Traffic[]) {
  const sum = { asked: 0, ok: 0, failed: 0, indeterminate: 0, retries: 0 };
  const failed: Record<string, number> = {};
  for (const event of events) {
    sum.asked += event.asked;
    sum.ok += event.ok;
    sum.indeterminate += event.indeterminate;
    sum.retries += event.retries ?? 0;
    for (const [reason, count] of Object.entries(event.failed)) {
      sum.failed += count;
      failed[reason] = (failed[reason] ?? 0) + count;
    }
  }
  return { ...sum, reasons: failed };
}

/** Events that lie inside [fromMs, toMs). */
export const between = (events: readonly Traffic[], fromMs: number, toMs: number) =>
  events.filter((event) => event.fromMs >= fromMs && event.toMs <= toMs);

/** The smallest latency that this share of the ok requests does not exceed. */
export function percentile(events: readonly Traffic[], ratio: number): number {
  const counts = new Map<number, number>();
  for (const event of events) for (const [ms, count] of event.latency) counts.set(ms, (counts.get(ms) ?? 0) + count);
  const sorted = [...counts].sort((a, b) => a[0] - b[0]);
  const all = sorted.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [ms, count] of sorted) {
    seen += count;
    if (seen >= ratio * all) return ms;
  }
  return 0;
}
