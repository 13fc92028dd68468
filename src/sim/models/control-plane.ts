/** The control plane of each site: API servers, their load balancer, leader leases and the nodes' connections, put together behind the model's interface. */
import type { Site } from '../../domain/topology.ts';
import { createSignal, type Kernel } from '../kernel.ts';
import type { ControlPlane, Etcd, Machines, Network, NodeName, SiteName } from '../model.ts';
import { createSiteControl, type SiteControl } from './control-plane/site-control.ts';
import { heartbeatPhases } from './nodes/heartbeat-phases.ts';

/** All control planes whole at time 0, lease holders drawn by the seed. Sites and nodes that do not exist throw a RangeError. */
export function createControlPlane(
  kernel: Kernel,
  sites: readonly Site[],
  deps: { machines: Machines; network: Network; etcd: Etcd },
): ControlPlane {
  const changed: ControlPlane['changed'] = createSignal();
  const bySite = new Map<SiteName, SiteControl>();
  const byNode = new Map<NodeName, SiteControl>();
  const { renewal } = heartbeatPhases(kernel, sites);
  for (const site of sites) {
    const control = createSiteControl(kernel, site, renewal, deps, () => changed.emit({ site: site.name }));
    bySite.set(site.name, control);
    for (const node of site.nodes) byNode.set(node.name, control);
  }
  const find = (site: SiteName): SiteControl => {
    const control = bySite.get(site);
    if (control === undefined) throw new RangeError(`Expected a site of the topology, got "${site}"`);
    return control;
  };
  const locate = (node: NodeName): SiteControl => {
    const control = byNode.get(node);
    if (control === undefined) throw new RangeError(`Expected a node of the topology, got "${node}"`);
    return control;
  };
  deps.machines.changed.on(({ node, component }) => locate(node).onMachine(node, component));
  deps.etcd.changed.on(({ site }) => find(site).refresh());
  deps.network.changed.on(() => {
    for (const control of bySite.values()) control.onNetwork();
  });
  return {
    changed,
    serverReady: (node) => locate(node).servers.ready(node),
    inRotation: (node) => locate(node).inRotation(node),
    write: (site) => find(site).fresh('write'),
    read: (site) => find(site).fresh('read'),
    kubeletConnected: (node) => locate(node).kubeletConnected(node),
    controllerManager: (site) => find(site).leases['kube-controller-manager'].acting(),
    scheduler: (site) => find(site).leases['kube-scheduler'].acting(),
    leaseHolder: (site, component) => find(site).leases[component].holder(),
    watchLive: (node) => locate(node).watchLive(node),
    whole: (site) => find(site).whole(),
    whenControllerActs: (site, act) => find(site).whenControllerActs(act),
  };
}
