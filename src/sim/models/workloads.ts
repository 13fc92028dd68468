/** Deployments, StatefulSets and DaemonSets with their pods: puts together store, kubelets, scheduler, controllers, evictions and budgets, and answers for them. */
import type { Site } from '../../domain/topology.ts';
import { type HostTimes, idleHost } from '../host-times.ts';
import type { Kernel } from '../kernel.ts';
import type { ControlPlane, Etcd, Machines, Network, NodeName, Nodes, Pod, SiteName, Workloads } from '../model.ts';
import { createOperatorCalls } from './control-plane/operator-calls.ts';
import { type Controllers, createControllers } from './workloads/controllers.ts';
import { createDaemonSets } from './workloads/daemon-set.ts';
import { createDeployments } from './workloads/deployment.ts';
import { createDisruption } from './workloads/disruption.ts';
import { createPodArchive } from './workloads/pod-archive.ts';
import { createPodLives } from './workloads/pod-life.ts';
import { newest, type PodRecord, type WorkloadState } from './workloads/pod-record.ts';
import { countPods, createPodStore, type PodStore } from './workloads/pod-store.ts';
import { createWorkloadState, recall, remember, setReplicas, setTemplate } from './workloads/revisions.ts';
import { createScheduler } from './workloads/scheduler.ts';
import { createStatefulSets } from './workloads/stateful-set.ts';
import { followTaints } from './workloads/taint-eviction.ts';

/** All workloads of the sites, none deployed. Asking for a workload that does not exist throws a RangeError. */
export function createWorkloads(
  kernel: Kernel,
  sites: readonly Site[],
  deps: {
    readonly machines: Machines;
    readonly network: Network;
    readonly etcd: Etcd;
    readonly controlPlane: ControlPlane;
    readonly nodes: Nodes;
  },
  host: HostTimes = idleHost,
): Workloads {
  const { nodes, controlPlane } = deps;
  const store = createPodStore(kernel);
  const bySite = new Map(
    sites.map((site) => [site.name, site.workloads.map((spec) => createWorkloadState(site, spec))]),
  );
  const byName = new Map<string, WorkloadState>();
  for (const [site, states] of bySite) for (const state of states) byName.set(`${site}/${state.spec.name}`, state);
  const siteOf = new Map(
    sites.flatMap((site) => site.nodes.map((node): [NodeName, SiteName] => [node.name, site.name])),
  );
  const statesOf = (site: SiteName) => bySite.get(site) ?? [];
  const find = (site: SiteName, workload: string) => {
    const state = byName.get(`${site}/${workload}`);
    if (state === undefined) throw new RangeError(`No workload "${workload}" in site "${site}"`);
    return state;
  };

  const operator = createOperatorCalls(controlPlane);
  const lives = createPodLives(kernel, deps, siteOf, store, host);
  const schedulers = new Map(
    sites.map((site) => [site.name, createScheduler(kernel, site, () => statesOf(site.name), deps, store)]),
  );
  const daemonSets = createDaemonSets(kernel, nodes, () => controllers, store);
  const syncs = {
    Deployment: createDeployments(kernel, () => controllers, store),
    StatefulSet: createStatefulSets(kernel, () => controllers),
    DaemonSet: daemonSets.sync,
  };
  const controllers: Controllers = createControllers(kernel, controlPlane, store, (state) =>
    syncs[state.spec.kind](state),
  );
  followTaints(kernel, deps, controllers, lives, store);
  const disruption = createDisruption(kernel, sites, deps, store, statesOf);
  const archive = createPodArchive(kernel, store, (site) => statesOf(site).flatMap((state) => [...state.pods]));

  store.on((pod) => controllers.dirty(pod.of));
  nodes.changed.on(({ node }) => {
    const site = siteOf.get(node)!;
    for (const state of statesOf(site)) {
      if (state.spec.kind !== 'DaemonSet') continue;
      daemonSets.look(state, node);
      controllers.dirty(state);
    }
    schedulers.get(site)?.look();
  });
  controlPlane.changed.on(({ site }) => schedulers.get(site)?.look());

  const touched = (state: WorkloadState) => {
    state.observed = false;
    controllers.dirty(state);
    store.touch(state);
  };
  const forgetSince = (site: SiteName, snapshotMs: number) => {
    archive.forgetSince(site, snapshotMs);
    for (const state of statesOf(site)) {
      state.deployed &&= recall(state, snapshotMs, kernel.now());
      touched(state);
    }
  };
  deps.etcd.restored.on(({ site, snapshotMs }) => forgetSince(site, snapshotMs));
  const act = (pod: Pod, what: (pod: PodRecord) => void) => {
    const record = pod as PodRecord;
    if (!record.gone) what(record);
  };
  return {
    podChanged: store.podChanged,
    workloadChanged: store.workloadChanged,
    spec: (site, workload) => find(site, workload).spec,
    pods: (site, workload) => {
      const state = find(site, workload);
      state.list ??= [...state.pods];
      return state.list;
    },
    find: (pod, site) => store.find(pod, site),
    status: (site, workload) => statusOf(store, find(site, workload)),
    deploy: (site) =>
      operator(site, () => {
        for (const state of statesOf(site)) {
          if (!state.deployed) remember(state, kernel.now());
          state.deployed = true;
          touched(state);
        }
      }),
    scale: (site, workload, replicas) => {
      const state = find(site, workload);
      operator(site, () => {
        setReplicas(state, Math.max(0, Math.round(replicas)), kernel.now());
        touched(state);
      });
    },
    release: (site, workload, image, quality) => {
      const state = find(site, workload);
      operator(site, () => {
        setTemplate(state, image, quality, kernel.now());
        touched(state);
      });
    },
    rollback: (site, workload) => {
      const state = find(site, workload);
      operator(site, () => {
        const before = state.revisions.at(-2);
        if (before !== undefined) setTemplate(state, before.image, before.quality, kernel.now());
        touched(state);
      });
    },
    killMain: (pod) => act(pod, lives.kill),
    hang: (pod, on) => act(pod, (record) => lives.hang(record, on)),
    hold: (pod, on) => act(pod, (record) => lives.hold(record, on)),
    slow: (pod, factor) => act(pod, (record) => store.update(record, { slowFactor: factor })),
    delete: (pod) => act(pod, (record) => operator(record.site, () => store.markDeleted(record))),
    drain: (node) => {
      nodes.cordon(node, true);
      operator(siteOf.get(node) ?? '', () => disruption.drain(node));
    },
    requestedCpu: (node) => schedulers.get(siteOf.get(node) ?? '')?.requestedCpu(node) ?? 0,
    forgetSince,
  };
}

function statusOf(store: PodStore, state: WorkloadState): ReturnType<Workloads['status']> {
  const { total, ready, updated } = countPods(store, state);
  const { kind, replicas, rollout } = state.spec;
  const wanted = kind === 'DaemonSet' ? state.eligible : replicas;
  // Ordinals below a partition are not part of the roll-out (kubectl rollout status).
  const updatedMin = kind === 'StatefulSet' ? Math.max(0, wanted - rollout.partition) : wanted;
  return {
    wanted,
    ready,
    updated,
    total,
    revision: newest(state).number,
    rolledOut: state.deployed && state.observed && updated >= updatedMin && total === wanted && ready === wanted,
    stuck: state.stuck,
  };
}
