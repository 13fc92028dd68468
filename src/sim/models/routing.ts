/** Routing: which pods receive new connections of a Service, and which site receives new customers. Apart because both answer late, and how late decides most failovers. */
import type { Service, Site, Topology } from '../../domain/topology.ts';
import { createSignal, type Kernel } from '../kernel.ts';
import type { ControlPlane, Machines, Network, Nodes, Pod, Routing, SiteName, Workloads } from '../model.ts';
import { createEndpoints } from './routing/endpoints.ts';
import { createBalancer } from './routing/global-load-balancer.ts';
import type { CheckAnswer } from './routing/site-check.ts';

/** What routing depends on. */
export interface RoutingDeps {
  readonly network: Network;
  readonly machines: Machines;
  readonly controlPlane: ControlPlane;
  readonly nodes: Nodes;
  readonly workloads: Workloads;
}

/** Endpoints of all sites and the global load balancer. Nothing is programmed before the pods are first ready. */
export function createRouting(kernel: Kernel, topology: Topology, deps: RoutingDeps): Routing {
  const changed = createSignal<{ readonly site: SiteName }>();
  const names = topology.sites.map((site) => site.name);
  const look = (site: SiteName) => balancer.look(site);
  const endpoints = new Map(
    topology.sites.map((site) => {
      const tell = () => {
        look(site.name);
        changed.emit({ site: site.name });
      };
      return [site.name, createEndpoints(kernel, site, deps, tell)];
    }),
  );
  const bySite = new Map(topology.sites.map((site) => [site.name, entriesOf(site)]));
  const targets = (site: SiteName, service: string): readonly Pod[] => endpoints.get(site)?.targets(service) ?? [];
  const balancer = createBalancer(
    kernel,
    names,
    topology.globalLoadBalancer,
    (site) => {
      const pods = (bySite.get(site) ?? []).map((service) => targets(site, service.name));
      return checkAnswer(site, pods, topology.globalLoadBalancer.check.timeoutMs, deps);
    },
    (site) => changed.emit({ site }),
  );
  deps.network.changed.on(() => names.forEach(look));
  deps.workloads.podChanged.on((pod) => {
    if (bySite.get(pod.site)?.some((service) => service.workloads.includes(pod.workload))) look(pod.site);
  });
  kernel.after(0, () => names.forEach(look));
  return {
    changed,
    targets,
    endpointsReady: (site, service) => endpoints.get(site)?.ready(service) ?? 0,
    shares: balancer.shares,
    healthy: balancer.healthy,
    siteInRotation: (site) => balancer.healthy(site) && (balancer.weights()[site] ?? 0) > 0,
    weights: balancer.weights,
    setWeights: balancer.setWeights,
  };
}

/** Services that customers reach. */
function entriesOf(site: Site): readonly Service[] {
  return site.services.filter((service) => service.serves !== undefined);
}

/** A check passes when any target of every entry answers in time; a site without entries has nothing to check but its network. A check that needs one good target of many is kinder than one that meets each by chance. */
function checkAnswer(
  site: SiteName,
  entries: readonly (readonly Pod[])[],
  timeoutMs: number,
  deps: RoutingDeps,
): CheckAnswer {
  if (!deps.network.reachable(site)) return 'silent';
  for (const pods of entries) {
    if (pods.some((pod) => answers(pod, timeoutMs, deps))) continue;
    return pods.some((pod) => pod.truth === 'silent' || !reaches(pod, deps)) ? 'silent' : 'refused';
  }
  return 'ok';
}

function answers(pod: Pod, timeoutMs: number, deps: RoutingDeps): boolean {
  if (pod.truth !== 'serving' || !reaches(pod, deps)) return false;
  const { serviceTimeMs } = deps.workloads.spec(pod.site, pod.workload).behaviour;
  return serviceTimeMs * pod.slowFactor <= timeoutMs;
}

function reaches(pod: Pod, deps: RoutingDeps): boolean {
  return pod.node === undefined || deps.network.connects({ outside: true }, { node: pod.node });
}
