/** One site's control plane: lets processes, etcd and paths work through API servers, load balancer, leases and connections in that order, and tells of what changed. Apart from control-plane.ts, which only finds the right site. */
import type { Ms } from '../../../base/clock.ts';
import type { Component } from '../../../domain/action.ts';
import type { Site } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';
import type { ControlPlane, Etcd, Machines, Network, NodeName, Place } from '../../model.ts';
import { createApiLoadBalancer } from './api-load-balancer.ts';
import { type ApiServers, createApiServers, healthTimeoutMs, type ServerAnswer } from './api-server.ts';
import { createFleet } from './connection-fleet.ts';
import { freshConnections } from './fresh-connections.ts';
import { createLeaderLease, type LeaderLease } from './leader-election.ts';

type FreshAnswer = ReturnType<ControlPlane['write']>;

type Leading = 'kube-controller-manager' | 'kube-scheduler';

/** ms, half of the renewal deadline: a renewal that takes longer has failed. client-go tools/leaderelection/resourcelock/interface.go. Longer: leaders bear a slower etcd. */
const renewalMsMax = 5_000;

/** One site's control plane. */
export interface SiteControl {
  readonly servers: ApiServers;
  readonly leases: Readonly<Record<Leading, LeaderLease>>;
  /** Something that servers depend on changed. */
  refresh(): void;
  onMachine(node: NodeName, component: Component | undefined): void;
  onNetwork(): void;
  inRotation(node: NodeName): boolean;
  fresh(kind: 'write' | 'read'): ReturnType<ControlPlane['write']>;
  kubeletConnected(node: NodeName): boolean;
  watchLive(node: NodeName): boolean;
  whole(): boolean;
  whenControllerActs(act: () => void): void;
}

/** The control plane of a site, whole at time 0. `renewal`: when each kubelet renews its Lease, modulo its period. */
export function createSiteControl(
  kernel: Kernel,
  site: Site,
  renewal: ReadonlyMap<NodeName, Ms>,
  deps: { readonly machines: Machines; readonly network: Network; readonly etcd: Etcd },
  tell: () => void,
): SiteControl {
  const { machines, network, etcd } = deps;
  const controlPlanes = site.nodes.filter((node) => node.role === 'control-plane').map((node) => node.name);
  const isControlPlane = new Set(controlPlanes);
  const balancer: Place | undefined = controlPlanes.length > 1 ? { site: site.name } : undefined;
  const servers = createApiServers(kernel, `api-servers/${site.name}`, controlPlanes, deps, () => refresh());
  /** What a request meets that the load balancer passes on. */
  const answer = (node: NodeName): ServerAnswer =>
    network.connects({ site: site.name }, { node }) ? servers.answer(node) : 'unreachable';
  /** What its own check of /healthz meets, which reads from etcd. */
  const health = (node: NodeName): ServerAnswer => {
    const met = answer(node);
    return met === 'ok' && etcd.answer(node).readMs > healthTimeoutMs ? 'hanging' : met;
  };
  const label = `api-load-balancer/${site.name}`;
  const loadBalancer = createApiLoadBalancer(kernel, label, site, controlPlanes, health, () => refresh());
  const writable = (node: NodeName) => servers.answer(node) === 'ok';
  const renewable = (node: NodeName) => writable(node) && etcd.answer(node).commitMs <= renewalMsMax;
  const lease = (component: Leading) =>
    createLeaderLease(
      kernel,
      `${component}/${site.name}`,
      component,
      controlPlanes,
      { machines, writable: renewable },
      () => refresh(),
    );
  const leases = {
    'kube-controller-manager': lease('kube-controller-manager'),
    'kube-scheduler': lease('kube-scheduler'),
  };
  const fleet = createFleet(
    kernel,
    site,
    { balancer, rotation: loadBalancer.rotation, servers: controlPlanes, listens: servers.listens, pid: servers.pid },
    renewal,
    deps,
    tell,
  );
  const waiting: (() => void)[] = [];
  let told = '';
  let toldServers = '';

  /** What fresh connections meet, until the next refresh: observers ask far more often than anything changes. */
  const met: { write: FreshAnswer | undefined; read: FreshAnswer | undefined } = {
    write: undefined,
    read: undefined,
  };
  const fresh = (kind: 'write' | 'read'): FreshAnswer => {
    met[kind] ??= freshConnections(kind, site.apiLoadBalancer, loadBalancer.rotation(), (node) => ({
      answer: answer(node),
      commitMs: etcd.answer(node).commitMs,
    }));
    return met[kind];
  };
  const forget = () => {
    met.write = met.read = undefined;
  };
  const whole = () =>
    controlPlanes.every((node) => servers.ready(node) && servers.answer(node) === 'ok') &&
    etcd.whole(site.name) &&
    leases['kube-controller-manager'].acting() !== undefined &&
    leases['kube-scheduler'].acting() !== undefined;
  const inRotation = (node: NodeName) => loadBalancer.rotation().includes(node);
  const print = () => {
    const { okRatio, refusedRatio, latencyMs } = fresh('write');
    const read = fresh('read');
    const ready = controlPlanes.map((node) => `${servers.ready(node)} ${inRotation(node)}`);
    const leaders = Object.values(leases).map((each) => `${each.holder()} ${each.acting()}`);
    return `${ready} ${leaders} ${okRatio} ${refusedRatio} ${latencyMs} ${read.okRatio} ${read.refusedRatio} ${whole()}`;
  };
  /** What connections depend on; they are many, so they are asked only when this changed. */
  const printServers = () => controlPlanes.map((node) => `${servers.listens(node)} ${servers.pid(node)}`).join();
  const runWaiting = () => {
    while (waiting.length > 0 && leases['kube-controller-manager'].acting() !== undefined) waiting.shift()!();
  };
  const refresh = () => {
    forget();
    for (const node of controlPlanes) servers.update(node);
    loadBalancer.update();
    for (const each of Object.values(leases)) each.update();
    forget();
    const serversNow = printServers();
    if (serversNow !== toldServers) fleet.updateAll();
    toldServers = serversNow;
    const now = print();
    if (now !== told) tell();
    told = now;
    runWaiting();
  };
  told = print();
  toldServers = printServers();

  return {
    servers,
    leases,
    refresh,
    onMachine: (node, component) => {
      if (component === undefined || component === 'kubelet' || component === 'containerd') fleet.update(node);
      if (isControlPlane.has(node)) refresh();
    },
    onNetwork: () => {
      fleet.updateAll();
      refresh();
    },
    inRotation,
    fresh,
    kubeletConnected: (node) => {
      const server = fleet.kubeletServer(node);
      return machines.process(node, 'kubelet') === 'running' && server !== undefined && writable(server);
    },
    watchLive: (node) => {
      const server = fleet.proxyServer(node);
      return server !== undefined && writable(server);
    },
    whole,
    whenControllerActs: (act) => {
      waiting.push(act);
      runWaiting();
    },
  };
}
