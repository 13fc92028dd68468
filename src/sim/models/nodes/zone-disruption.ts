/** The zone rules of node eviction: how many nodes of a zone may be tainted NoExecute per second. Pure, apart from the queue of one zone, so that the rules can be read against Kubernetes' own. */
import type { Ms } from '../../../base/clock.ts';
import type { NodeSpec } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';
import type { NodeName } from '../../model.ts';
import {
  evictionPerSecond,
  evictionPollMs,
  largeZoneNodes,
  secondaryEvictionPerSecond,
  unhealthyZoneRatio,
} from './node-constants.ts';

/** State of a zone as the controller-manager sees it. */
export type ZoneState = 'normal' | 'partial' | 'full';

/** The state of a zone with so many nodes ready and not (kubernetes/kubernetes node_lifecycle_controller.go ComputeZoneState). */
export function zoneState(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'full';
  return notReady > 2 && notReady / (ready + notReady) >= unhealthyZoneRatio ? 'partial' : 'normal';
}

/** Nodes per second that may be tainted in a zone of that size and state. */
export function evictionRate(state: ZoneState, nodes: number): number {
  if (state !== 'partial') return evictionPerSecond;
  return nodes > largeZoneNodes ? secondaryEvictionPerSecond : 0;
}

/** The zone of a node: its region and zone labels; nodes without them share one, control planes included. */
export function zoneOf(node: NodeSpec): string {
  const region = node.labels['topology.kubernetes.io/region'] ?? '';
  return `${region}:${node.labels['topology.kubernetes.io/zone'] ?? ''}`;
}

/** Whether the node counts in its zone. */
export function countsInZone(node: NodeSpec): boolean {
  return node.labels['node.kubernetes.io/exclude-disruption'] === undefined;
}

/** Nodes of one zone that wait for their NoExecute taint, first come first served at the rate of the zone, burst 1. */
export interface EvictionQueue {
  add(node: NodeName): void;
  remove(node: NodeName): void;
  /** A new rate. An exhausted limiter stays exhausted (rate_limited_queue.go SwapLimiter). */
  setRate(perSecond: number): void;
  /** Empty, at the normal rate and with a full bucket, as in a controller-manager that has just started. */
  reset(): void;
}

/** An empty queue; `taint` is called for each node when its turn comes. */
export function createEvictionQueue(kernel: Kernel, taint: (node: NodeName) => void): EvictionQueue {
  const waiting = new Set<NodeName>();
  let rate = evictionPerSecond;
  let freeMs: Ms = 0;
  let cancel: (() => void) | undefined;
  const plan = () => {
    cancel?.();
    cancel = undefined;
    if (waiting.size === 0 || rate === 0) return;
    const waitMs = Math.max(0, freeMs - kernel.now());
    cancel = kernel.after(Math.ceil(waitMs / evictionPollMs) * evictionPollMs, take);
  };
  const take = () => {
    cancel = undefined;
    const [node] = waiting;
    if (node === undefined) return;
    waiting.delete(node);
    freeMs = kernel.now() + 1000 / rate;
    taint(node);
    plan();
  };
  return {
    add: (node) => {
      if (waiting.has(node)) return;
      waiting.add(node);
      if (cancel === undefined) plan();
    },
    remove: (node) => void waiting.delete(node),
    setRate: (perSecond) => {
      if (perSecond === rate) return;
      const exhausted = rate === 0 || freeMs > kernel.now();
      rate = perSecond;
      freeMs = exhausted && rate > 0 ? kernel.now() + 1000 / rate : kernel.now();
      plan();
    },
    reset: () => {
      waiting.clear();
      rate = evictionPerSecond;
      freeMs = kernel.now();
      plan();
    },
  };
}
