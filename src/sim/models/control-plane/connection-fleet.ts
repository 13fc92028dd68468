/** The standing connections of all nodes of a site: one of each kubelet, one of each kube-proxy. Apart because it knows which client goes where, by version and role. */
import type { Ms } from '../../../base/clock.ts';
import type { Site } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';
import type { Machines, Network, NodeName } from '../../model.ts';
import { type ClientConnection, type ConnectionSite, createConnection } from './api-connections.ts';

/** From this minor version on the kubelet of a control plane calls its own API server (ControlPlaneKubeletLocalMode, kubeadm feature gates). */
const localModeMinor = 33;
/** ms without jitter between two tries: a kubelet calls at least every 10 s (its lease), kube-proxy's reflectors wait up to 30 s. client-go tools/cache/reflector.go, component-helpers lease/controller.go. Longer: nodes return later. */
const waitMsMax = { kubelet: 5_000, proxy: 30_000 };
/** ms: changes of connections in this span are told together, so that a large site does not tell each of thousands. */
const togetherMs = 50;

/** The connections of a site's nodes. */
export interface Fleet {
  /** Looks again at the connections of one node, or of all. */
  update(node: NodeName): void;
  updateAll(): void;
  /** Server that works for the kubelet now. */
  kubeletServer(node: NodeName): NodeName | undefined;
  /** Server that works for kube-proxy now. */
  proxyServer(node: NodeName): NodeName | undefined;
}

/** All nodes connected. `renewal`: when each kubelet renews its Lease, modulo its period; `tell` is called at most once per 50 ms when connections come back. */
export function createFleet(
  kernel: Kernel,
  site: Site,
  connections: ConnectionSite,
  renewal: ReadonlyMap<NodeName, Ms>,
  deps: { readonly machines: Machines; readonly network: Network },
  tell: () => void,
): Fleet {
  const { machines } = deps;
  const random = kernel.random(`api-connections/${site.name}`);
  const kubelets = new Map<NodeName, ClientConnection>();
  const proxies = new Map<NodeName, ClientConnection>();
  let telling = false;
  const changed = () => {
    if (telling) return;
    telling = true;
    kernel.after(togetherMs, () => {
      telling = false;
      tell();
    });
  };
  for (const { name, role } of site.nodes) {
    const local = role === 'control-plane' && site.kubernetes.minor >= localModeMinor;
    const kubelet = {
      node: name,
      only: local ? name : undefined,
      waitMsMax: waitMsMax.kubelet,
      asksAtMs: renewal.get(name),
      instance: () => machines.identity(name, 'kubelet')?.pid,
    };
    kubelets.set(name, createConnection(kernel, random, kubelet, connections, deps, changed));
    const proxy = {
      node: name,
      only: undefined,
      waitMsMax: waitMsMax.proxy,
      asksAtMs: undefined,
      instance: createBootCount(machines, name),
    };
    proxies.set(name, createConnection(kernel, random, proxy, connections, deps, changed));
  }
  const update = (node: NodeName) => {
    kubelets.get(node)?.update();
    proxies.get(node)?.update();
  };
  return {
    update,
    updateAll: () => {
      for (const { name } of site.nodes) update(name);
    },
    kubeletServer: (node) => kubelets.get(node)?.server(),
    proxyServer: (node) => proxies.get(node)?.server(),
  };
}

/** kube-proxy runs from when a booted machine can start containers until the power goes; a lost kubelet or containerd does not end it. */
function createBootCount(machines: Machines, node: NodeName): () => number | undefined {
  let boots = 0;
  let up = true;
  return () => {
    if (machines.power(node) === 'off') up = false;
    else if (!up && machines.canStartContainers(node)) {
      up = true;
      boots++;
    }
    return up ? boots : undefined;
  };
}
