/** The node-lifecycle controller of one site: passes every 5 s while something is wrong, grace period, NoExecute taints, zone rules. State lives as long as one controller-manager process does. */
import type { Cancel, Ms } from '../../../base/clock.ts';
import type { Site } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';
import type { ControlPlane, Machines, NodeName } from '../../model.ts';
import { nodeGraceMs, nodeMonitorMs, taintsInSamePass } from './node-constants.ts';
import type { NodeHealth } from './node-health.ts';
import {
  countsInZone,
  createEvictionQueue,
  type EvictionQueue,
  evictionRate,
  type ZoneState,
  zoneOf,
  zoneState,
} from './zone-disruption.ts';

/** What the monitor tells. */
export interface MonitorTold {
  changed(node: NodeName): void;
  tainted(node: NodeName, key: string, sinceMs: Ms): void;
}

/** Watches the nodes of one site. */
export interface NodeMonitor {
  /** The node needs to be looked at in the next pass. */
  attend(health: NodeHealth): void;
  /** Who leads may have changed. */
  look(): void;
}

interface Zone {
  readonly queue: EvictionQueue;
  readonly nodes: number;
  state: ZoneState;
}

const keyOf = (ready: string) =>
  ready === 'False' ? 'node.kubernetes.io/not-ready' : 'node.kubernetes.io/unreachable';

/** The monitor of a site whose nodes are all ready. `health` finds a node's heartbeat; `phaseMs`: passes so far were at this time modulo 5 s. */
export function createNodeMonitor(
  kernel: Kernel,
  site: Site,
  { machines, controlPlane }: { readonly machines: Machines; readonly controlPlane: ControlPlane },
  health: (node: NodeName) => NodeHealth,
  told: MonitorTold,
  phaseMs: Ms,
): NodeMonitor {
  const graceMs = nodeGraceMs(site.kubernetes.minor);
  const samePass = taintsInSamePass(site.kubernetes.minor);
  const attended = new Set<NodeHealth>();
  const zones = new Map<string, Zone>();
  let process: string | undefined;
  let firstPassMs: Ms = phaseMs - nodeMonitorMs;
  /** Probe timestamps are not older than this. */
  let freshMs: Ms = firstPassMs;
  /** Every zone is down: nothing is evicted. */
  let stopped = false;
  let cancel: Cancel | undefined;

  const taint = (node: NodeName) => {
    const { object } = health(node);
    if (object.ready === 'True') return;
    object.noExecuteSinceMs = kernel.now();
    object.noExecuteKey = keyOf(object.ready);
    told.changed(node);
    told.tainted(node, object.noExecuteKey, object.noExecuteSinceMs);
  };
  for (const node of site.nodes) {
    const key = zoneOf(node);
    const before = zones.get(key);
    const nodes = (before?.nodes ?? 0) + (countsInZone(node) ? 1 : 0);
    zones.set(key, { queue: before?.queue ?? createEvictionQueue(kernel, taint), nodes, state: 'normal' });
  }
  const zone = (node: NodeHealth) => zones.get(zoneOf(node.object.spec))!;
  const untaint = ({ object }: NodeHealth) => {
    if (object.noExecuteSinceMs === undefined) return;
    object.noExecuteSinceMs = undefined;
    object.noExecuteKey = undefined;
    told.changed(object.spec.name);
  };
  const probedMs = ({ lastRenewMs }: NodeHealth) => {
    const passes = Math.ceil((lastRenewMs - firstPassMs) / nodeMonitorMs);
    return Math.max(freshMs, firstPassMs + Math.max(0, passes) * nodeMonitorMs);
  };
  const markSilent = (node: NodeHealth) => {
    const { object } = node;
    if (node.renewing || object.ready === 'Unknown' || kernel.now() < probedMs(node) + graceMs) return;
    object.ready = 'Unknown';
    told.changed(object.spec.name);
  };
  const setTaint = (node: NodeHealth, ready: string) => {
    const { object } = node;
    if (ready === 'True') {
      zone(node).queue.remove(object.spec.name);
      untaint(node);
    } else if (object.noExecuteKey === undefined) zone(node).queue.add(object.spec.name);
    else if (object.noExecuteKey !== keyOf(ready)) {
      object.noExecuteKey = keyOf(ready) as NonNullable<typeof object.noExecuteKey>;
      told.changed(object.spec.name);
      told.tainted(object.spec.name, object.noExecuteKey, object.noExecuteSinceMs!);
    }
  };
  const states = () => {
    const down = new Map<Zone, number>();
    for (const node of attended)
      if (node.object.ready !== 'True' && countsInZone(node.object.spec))
        down.set(zone(node), (down.get(zone(node)) ?? 0) + 1);
    return new Map([...zones.values()].map((z) => [z, zoneState(z.nodes - (down.get(z) ?? 0), down.get(z) ?? 0)]));
  };
  /** node_lifecycle_controller.go handleDisruption: with every zone down the monitor trusts itself least and stops. */
  const weighZones = () => {
    const now = states();
    const allDown = [...now.values()].every((state) => state === 'full');
    const allWereDown = [...zones.values()].every(({ state }) => state === 'full');
    if (allDown && !allWereDown) for (const node of attended) untaint(node);
    if (!allDown && allWereDown) freshMs = kernel.now();
    for (const [z, state] of now) {
      if (state === z.state && allDown === allWereDown) continue;
      z.state = state;
      z.queue.setRate(allDown ? 0 : evictionRate(state, z.nodes));
    }
    stopped = allDown;
  };
  const pass = () => {
    cancel = undefined;
    if (controlPlane.controllerManager(site.name) === undefined) return;
    for (const node of attended) {
      const observed = node.object.ready;
      markSilent(node);
      setTaint(node, samePass ? node.object.ready : observed);
    }
    weighZones();
    for (const node of attended)
      if (node.renewing && node.object.ready === 'True' && node.object.noExecuteKey === undefined)
        attended.delete(node);
    plan();
  };
  const plan = () => {
    if (cancel !== undefined || attended.size === 0 || process === undefined) return;
    const passes = Math.floor((kernel.now() - firstPassMs) / nodeMonitorMs) + 1;
    cancel = kernel.at(firstPassMs + Math.max(0, passes) * nodeMonitorMs, pass);
  };
  /** A new process knows nothing: it takes all NoExecute taints off and begins with fresh probe timestamps (monitorNodeHealth, nodes that are new to it). */
  const takeOver = () => {
    cancel?.();
    cancel = undefined;
    firstPassMs = kernel.now();
    freshMs = firstPassMs;
    stopped = false;
    for (const z of zones.values()) {
      z.state = 'normal';
      z.queue.reset();
    }
    for (const node of attended) untaint(node);
    if (attended.size > 0) pass();
  };
  const identity = () => {
    const node = controlPlane.controllerManager(site.name);
    return node && `${node} ${machines.identity(node, 'kube-controller-manager')?.pid}`;
  };
  const look = () => {
    const now = identity();
    if (now === undefined) {
      cancel?.();
      cancel = undefined;
      for (const z of zones.values()) z.queue.setRate(0);
      return;
    }
    if (now === process) {
      for (const z of zones.values()) z.queue.setRate(stopped ? 0 : evictionRate(z.state, z.nodes));
      return plan();
    }
    process = now;
    takeOver();
  };
  process = identity();
  return {
    attend: (node) => {
      attended.add(node);
      plan();
    },
    look,
  };
}
