/** EndpointSlices and the proxies that act on them. Apart because this chain decides how long a dead pod stays in rotation: without a controller-manager, or without watches, for ever. */
import type { Ms } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import type { Service, Site } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';
import type { ControlPlane, Machines, Network, Pod, Workloads } from '../../model.ts';

/** The EndpointSlice controller works through its queue and writes the slice. ms; kubernetes/kubernetes pkg/controller/endpointslice/endpointslice_controller.go (batch period 0) and idle clusters: 0.05–0.3 s together with the proxies, calibrate. Longer keeps dead pods in rotation longer. */
const controllerMs = [30, 150] as const;
/** From the slice to the rules of the proxies. ms; same source. */
const proxyMs = [20, 150] as const;
/** kube-proxy's minSyncPeriod, with a burst of 2; kubernetes/kubernetes pkg/proxy/iptables/proxier.go (kubeadm and kind set 1 s). Longer delays changes under churn. */
const syncMsMin = 1000;
const syncBurst = 2;

/** The endpoints of every Service of one site. */
export interface Endpoints {
  targets(service: string): readonly Pod[];
  ready(service: string): number;
}

interface Slice {
  readonly service: Service;
  api: readonly Pod[];
  /** How many of `api` are there for being ready, not for want of anything better. */
  ready: number;
  programmed: readonly Pod[];
  queued: boolean;
}

/**
 * Endpoints of a site. All nodes share one programmed set; it follows the API when the watches of more than half of the running nodes live. In a real cluster each node has its own: a minority
 * with dead watches would go on sending its callers to dead pods, which we miss (we are optimistic there).
 */
export function createEndpoints(
  kernel: Kernel,
  site: Site,
  deps: {
    readonly machines: Machines;
    readonly network: Pick<Network, 'changed'>;
    readonly controlPlane: ControlPlane;
    readonly workloads: Workloads;
  },
  changed: () => void,
): Endpoints {
  const random = kernel.random(`routing/endpoints/${site.name}`);
  const slices = site.services.map((service): Slice => ({ service, api: [], ready: 0, programmed: [], queued: false }));
  const byName = new Map(slices.map((slice) => [slice.service.name, slice]));
  const byWorkload = new Map<string, Slice[]>();
  for (const slice of slices)
    for (const workload of slice.service.workloads)
      byWorkload.set(workload, [...(byWorkload.get(workload) ?? []), slice]);

  const proxies = createProxies(kernel, random, createWatchCount(site, deps), () => {
    let moved = false;
    for (const slice of slices) {
      if (slice.programmed === slice.api) continue;
      slice.programmed = slice.api;
      moved = true;
    }
    if (moved) changed();
  });
  const sync = (slice: Slice) => {
    slice.queued = false;
    const { ready, terminating } = endpointsOf(slice.service, site.name, deps.workloads);
    const next = ready.length > 0 ? ready : terminating;
    if (sameMembers(next, slice.api) && slice.ready === ready.length) return;
    slice.api = next;
    slice.ready = ready.length;
    changed();
    proxies.request();
  };
  const enqueue = (slice: Slice) => {
    if (slice.queued) return;
    slice.queued = true;
    const act = () => deps.controlPlane.whenControllerActs(site.name, () => sync(slice));
    kernel.after(random.int(controllerMs[0], controllerMs[1]), act);
  };
  deps.workloads.podChanged.on((pod) => {
    if (pod.site === site.name) for (const slice of byWorkload.get(pod.workload) ?? []) enqueue(slice);
  });
  deps.workloads.workloadChanged.on((change) => {
    if (change.site === site.name) for (const slice of byWorkload.get(change.workload) ?? []) enqueue(slice);
  });
  deps.controlPlane.changed.on((change) => {
    if (change.site === site.name) proxies.retry();
  });
  for (const slice of slices) enqueue(slice);
  return {
    targets: (service) => byName.get(service)?.programmed ?? [],
    ready: (service) => byName.get(service)?.ready ?? 0,
  };
}

/** A Service that publishes unready pods has all that run. Else ready pods; if every pod is terminating, those that still serve (ProxyTerminatingEndpoints, GA since 1.28; kubernetes/kubernetes pkg/features). */
function endpointsOf(service: Service, site: string, workloads: Workloads) {
  const ready: Pod[] = [];
  const terminating: Pod[] = [];
  for (const workload of service.workloads)
    for (const pod of workloads.pods(site, workload))
      if (service.publishesUnready && pod.phase === 'Running') ready.push(pod);
      else if (pod.ready) (pod.deletedMs === undefined ? ready : terminating).push(pod);
  return { ready, terminating };
}

function sameMembers(a: readonly Pod[], b: readonly Pod[]): boolean {
  return a.length === b.length && a.every((pod, i) => pod.uid === b[i]!.uid);
}

/** Tells whether more than half of the running nodes see changes. Counted anew only after something changed that could matter: nodes are many, and a roll-out asks every second. */
function createWatchCount(
  site: Site,
  deps: {
    readonly machines: Machines;
    readonly network: Pick<Network, 'changed'>;
    readonly controlPlane: ControlPlane;
  },
): () => boolean {
  let known: boolean | undefined;
  const forget = () => {
    known = undefined;
  };
  deps.machines.changed.on(forget);
  deps.network.changed.on(forget);
  deps.controlPlane.changed.on(forget);
  return () => {
    known ??= watchesLive(site, deps);
    return known;
  };
}

function watchesLive(site: Site, deps: { readonly machines: Machines; readonly controlPlane: ControlPlane }): boolean {
  let running = 0;
  let live = 0;
  for (const node of site.nodes) {
    if (deps.machines.power(node.name) !== 'on') continue;
    running++;
    if (deps.controlPlane.watchLive(node.name)) live++;
  }
  return live * 2 > running;
}

/** The bounded frequency of kube-proxy: at most two runs at once, then one per second. Runs that meet dead watches wait for {@link retry}. */
function createProxies(kernel: Kernel, random: Random, live: () => boolean, program: () => void) {
  let tokens = syncBurst;
  let countedMs: Ms = 0;
  let due = false;
  let blocked = false;
  const refill = () => {
    tokens = Math.min(syncBurst, tokens + (kernel.now() - countedMs) / syncMsMin);
    countedMs = kernel.now();
  };
  const run = () => {
    due = false;
    blocked = !live();
    if (blocked) return;
    refill();
    tokens -= 1;
    program();
  };
  const request = () => {
    if (due) return;
    due = true;
    refill();
    const waitMs = tokens >= 1 ? 0 : Math.ceil((1 - tokens) * syncMsMin);
    kernel.after(Math.max(waitMs, random.int(proxyMs[0], proxyMs[1])), run);
  };
  return {
    request,
    retry: () => {
      if (blocked && live()) request();
    },
  };
}
