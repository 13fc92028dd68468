/** HorizontalPodAutoscalers of all sites: samples, one pass every 15 s while a controller-manager acts, sizes set through workloads. Apart from the algorithm, which is pure. */
import type { Ms } from '../../base/clock.ts';
import type { Autoscaler } from '../../domain/autoscaler.ts';
import type { Site } from '../../domain/topology.ts';
import { createSignal, type Kernel } from '../kernel.ts';
import type { AutoscalerModel, ControlPlane, Etcd, Machines, SiteName, TrafficModel, Workloads } from '../model.ts';
import { decideReplicas } from './autoscaler/horizontal-pod-autoscaler.ts';
import { createKnownPods, type KnownPods } from './autoscaler/known-pods.ts';
import { createPodMetrics, type PodMetrics, scrapeMs } from './autoscaler/pod-metrics.ts';
import { type ScalingHistory, startHistory } from './autoscaler/scaling-rules.ts';

/** Time between two passes over one autoscaler. 15 s; kube-controller-manager --horizontal-pod-autoscaler-sync-period. Longer scales later. */
export const syncMs = 15_000;

/** What the model asks of its neighbours. */
export interface AutoscalerDeps {
  readonly controlPlane: Pick<ControlPlane, 'controllerManager'>;
  readonly machines: Pick<Machines, 'identity'>;
  readonly workloads: Pick<Workloads, 'pods' | 'status' | 'scale' | 'podChanged' | 'spec'>;
  readonly traffic: Pick<TrafficModel, 'cpuCores' | 'servedRps' | 'classOf' | 'regrouped'>;
  readonly etcd: Pick<Etcd, 'restored'>;
}

interface Controller {
  readonly site: SiteName;
  spec: Autoscaler;
  /** Lower bounds that were set, oldest first, since when: a restore of etcd goes back to one of them. */
  readonly bounds: { readonly atMs: Ms; readonly replicasMin: number }[];
  readonly metrics: PodMetrics;
  readonly pods: KnownPods;
  /** Pods are as at the last scrape, when they had been put into classes this often. */
  scraped: { unchanged: boolean; regrouped: number };
  /** The process that remembers `history`: its node and process id. */
  leader: string | undefined;
  history: ScalingHistory;
  wanted: number | undefined;
  limited: boolean;
}

/** All autoscalers of the sites; they act from the first pass on. Phases of passes and scrapes are drawn. */
export function createAutoscaler(kernel: Kernel, sites: readonly Site[], deps: AutoscalerDeps): AutoscalerModel {
  const random = kernel.random('autoscaler');
  const changed = createSignal<{ readonly site: SiteName; readonly workload: string }>();
  const controllers = new Map<string, Controller>();
  for (const site of sites) {
    const scrapePhaseMs = random.int(0, scrapeMs - 1);
    for (const spec of site.autoscalers) {
      const controller = createController(site.name, spec, deps);
      controllers.set(`${site.name}/${spec.workload}`, controller);
      every(kernel, scrapePhaseMs, scrapeMs, () => scrape(controller, kernel.now(), deps));
      every(kernel, random.int(0, syncMs - 1), syncMs, () => {
        if (sync(controller, kernel.now(), deps)) changed.emit({ site: site.name, workload: spec.workload });
      });
    }
  }
  deps.workloads.podChanged.on((pod) => {
    const controller = controllers.get(`${pod.site}/${pod.workload}`);
    if (controller === undefined) return;
    controller.pods.changed(pod, kernel.now());
    controller.scraped.unchanged = false;
  });
  deps.etcd.restored.on(({ site, snapshotMs }) => {
    for (const controller of controllers.values())
      if (controller.site === site)
        setMin(controller, controller.bounds.findLast(({ atMs }) => atMs <= snapshotMs)!.replicasMin, kernel.now());
  });
  return {
    changed,
    wanted: (site, workload) => controllers.get(`${site}/${workload}`)?.wanted,
    limited: (site, workload) => controllers.get(`${site}/${workload}`)?.limited ?? false,
    replicasMin: (site, workload) => controllers.get(`${site}/${workload}`)?.spec.replicasMin,
    setReplicasMin: (site, workload, replicas) => {
      const controller = controllers.get(`${site}/${workload}`);
      if (controller === undefined) return;
      setMin(controller, Math.min(replicas, controller.spec.replicasMax), kernel.now());
      changed.emit({ site, workload });
    },
  };
}

function createController(site: SiteName, spec: Autoscaler, deps: AutoscalerDeps): Controller {
  const metrics = createPodMetrics(deps.traffic);
  return {
    site,
    spec,
    bounds: [{ atMs: 0, replicasMin: spec.replicasMin }],
    metrics,
    pods: createKnownPods(metrics, spec.metrics),
    scraped: { unchanged: false, regrouped: -1 },
    leader: undefined,
    history: startHistory(0, 0),
    wanted: undefined,
    limited: false,
  };
}

function setMin(controller: Controller, replicasMin: number, atMs: Ms): void {
  controller.spec = { ...controller.spec, replicasMin };
  controller.bounds.push({ atMs, replicasMin });
}

function every(kernel: Kernel, firstMs: Ms, periodMs: Ms, act: () => void): void {
  const again = () => {
    act();
    kernel.after(periodMs, again);
  };
  kernel.at(firstMs, again);
}

function scrape({ metrics, scraped, site, spec }: Controller, nowMs: Ms, deps: AutoscalerDeps): void {
  const regrouped = deps.traffic.regrouped(site, spec.workload);
  const unchanged = scraped.unchanged && scraped.regrouped === regrouped;
  metrics.scrape(nowMs, deps.workloads.pods(site, spec.workload), unchanged);
  scraped.unchanged = true;
  scraped.regrouped = regrouped;
}

/** One pass; true when what the autoscaler wants has changed. Without an acting controller-manager nothing happens; a new one remembers nothing. */
function sync(controller: Controller, nowMs: Ms, deps: AutoscalerDeps): boolean {
  const { site, spec } = controller;
  const node = deps.controlPlane.controllerManager(site);
  if (node === undefined) return false;
  const leader = `${node} ${deps.machines.identity(node, 'kube-controller-manager')?.pid}`;
  const replicas = deps.workloads.status(site, spec.workload).wanted;
  if (leader !== controller.leader) controller.history = startHistory(nowMs, replicas);
  controller.leader = leader;
  const result = decideReplicas({
    nowMs,
    spec,
    replicas,
    pods: controller.pods.list(nowMs, deps.workloads.pods(site, spec.workload)),
    requestCores: deps.workloads.spec(site, spec.workload).template.utilisationCores,
    readings: spec.metrics.map((metric) => ({ metric, samples: controller.metrics.samples(metric) })),
    history: controller.history,
  });
  controller.history = result.history;
  if (result.replicas !== replicas) deps.workloads.scale(site, spec.workload, result.replicas);
  const news = result.replicas !== controller.wanted || result.limited !== controller.limited;
  controller.wanted = result.replicas;
  controller.limited = result.limited;
  return news;
}
