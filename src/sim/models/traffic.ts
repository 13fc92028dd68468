/** Traffic: fluid open-model load through the services of both sites, in buckets whose cost does not depend on the rate. */
import type { Ms } from '../../base/clock.ts';
import type { Traffic } from '../../domain/event.ts';
import type { LoadPlan } from '../../domain/load.ts';
import type { Site, Topology } from '../../domain/topology.ts';
import { createSignal, type Kernel } from '../kernel.ts';
import type { Machines, Network, Pod, ReplicationModel, Routing, SiteName, TrafficModel, Workloads } from '../model.ts';
import { logNormalOf } from './traffic/latency.ts';
import { createLoadBuckets, type LoadBuckets } from './traffic/load-buckets.ts';
import { createSiteFlow, type SiteFlow } from './traffic/site-flow.ts';

/** What traffic depends on. */
export interface TrafficDeps {
  readonly network: Network;
  readonly machines: Machines;
  readonly workloads: Workloads;
  readonly routing: Routing;
  readonly replication: ReplicationModel;
}

/** The flows of one site, by the name of the business service that they serve. */
export type Flows = ReadonlyMap<SiteName, ReadonlyMap<string, SiteFlow>>;

/** The traffic of a topology. `publish` gets one event per bucket, site and channel. */
export function createTraffic(
  kernel: Kernel,
  topology: Topology,
  deps: TrafficDeps,
  publish: (traffic: Traffic) => void,
): TrafficModel {
  const breakerChanged = createSignal<{ readonly site: SiteName; readonly service: string }>();
  const trials = kernel.random('traffic/trials');
  const flows: Flows = new Map(
    topology.sites.map((site) => [site.name, flowsOf(site, deps, (chance) => trials.chance(chance))]),
  );
  const resets = kernel.random('traffic/resets');
  let load: LoadBuckets | undefined;
  const touch = (site: SiteName | undefined, what: Pod | 'network' | undefined) => {
    load?.beforeChange();
    for (const [name, own] of flows)
      if (site === undefined || site === name) for (const flow of own.values()) flow.touch(what);
  };
  const asked = new Set(
    [...flows].flatMap(([site, own]) => [...own.values()].flatMap((flow) => workloadsOf(site, flow))),
  );
  deps.workloads.podChanged.on((pod) => {
    if (asked.has(`${pod.site}/${pod.workload}`)) touch(pod.site, pod);
  });
  deps.routing.changed.on(({ site }) => touch(site, undefined));
  deps.network.changed.on(() => touch(undefined, 'network'));
  deps.replication.changing.on(() => load?.beforeChange());
  deps.replication.changed.on(() => {
    if (load?.commitsChanged()) touch(undefined, undefined);
  });

  const find = (site: SiteName, match: (service: SiteFlow['services'][number]) => boolean) => {
    for (const flow of flows.get(site)?.values() ?? []) {
      const service = flow.services.find(match);
      if (service !== undefined) return { flow, service };
    }
    return undefined;
  };
  const found = new Map<SiteName, Map<string, ReturnType<typeof find>>>(
    topology.sites.map(({ name }) => [name, new Map()]),
  );
  /** The service that leads to a workload: asked many times a second, and never another one. */
  const serving = (site: SiteName, workload: string) => {
    const known = found.get(site);
    if (known?.has(workload)) return known.get(workload);
    const service = find(site, ({ node }) => node.service.workloads.includes(workload));
    known?.set(workload, service);
    return service;
  };
  return {
    breakerChanged,
    start: (plan: LoadPlan) => {
      load?.end();
      load = createLoadBuckets(kernel, topology, plan, flows, deps, resets, publish, breakerChanged.emit);
    },
    play: () => load?.play(),
    stop: () => load?.stop(),
    servedRps: (site, workload) => serving(site, workload)?.service.usage.servedRps(workload) ?? 0,
    askedRps: (site, workload) => serving(site, workload)?.service.usage.askedRps() ?? 0,
    cpuCores: (pod) => {
      const usage = serving(pod.site, pod.workload)?.service;
      const group = usage?.station.pods.classOf(pod);
      return group === undefined ? 0 : usage!.usage.cpuCores(group.key);
    },
    classOf: (pod) => serving(pod.site, pod.workload)?.service.station.pods.classOf(pod)?.key,
    regrouped: (site, workload) => serving(site, workload)?.service.station.pods.updates() ?? 0,
    capacityRps: (site, workload) => {
      const known = serving(site, workload);
      return known === undefined
        ? idleCapacityRps(deps.workloads, site, workload)
        : known.flow.capacityRps(known.service, workload);
    },
    breaker: (site, service) =>
      find(site, ({ node }) => node.service.name === service)?.service.breakerState() ?? 'closed',
  };
}

function flowsOf(site: Site, deps: TrafficDeps, trial: (chance: number) => boolean): ReadonlyMap<string, SiteFlow> {
  const flows = new Map<string, SiteFlow>();
  for (const service of site.services)
    if (service.serves !== undefined && !flows.has(service.serves))
      flows.set(service.serves, createSiteFlow(site, service, deps, trial));
  return flows;
}

/** Whose pods bear on what a customer meets: those behind a Service of the chain, and its database. */
function workloadsOf(site: SiteName, { services }: SiteFlow): readonly string[] {
  const workloads = services.flatMap(({ node }) => [
    ...node.service.workloads,
    ...(node.database === undefined ? [] : [node.database]),
  ]);
  return workloads.map((workload) => `${site}/${workload}`);
}

/** What the ready pods of a workload could do that no entry leads to. */
function idleCapacityRps(workloads: Workloads, site: SiteName, workload: string): number {
  const ready = workloads.pods(site, workload).filter((pod: Pod) => pod.ready && pod.deletedMs === undefined);
  if (ready.length === 0) return 0;
  const { behaviour } = workloads.spec(site, workload);
  const heldMs: Ms = logNormalOf(behaviour.serviceTimeMs, behaviour.serviceTimeP99Ms).meanMs;
  return heldMs > 0 ? (ready.length * behaviour.concurrency * 1000) / heldMs : 0;
}
