/** Figures of node heartbeats, grace and eviction, each with its source. Apart so that they can be read, doubted and calibrated in one place. */
import type { Ms } from '../../../base/clock.ts';

/** The kubelet renews its Lease this often (kubernetes/kubelet config/v1beta1/types.go: 0.25 × 40 s). Too long widens the spread of detection. */
export const leaseRenewMs: Ms = 10_000;

/** The kubelet computes and, on change, posts its status this often: nodeStatusUpdateFrequency (kubernetes/kubelet config/v1beta1/types.go). Too long delays the return of a node. */
export const nodeStatusMs: Ms = 10_000;

/** A kubelet calls itself not ready when its runtime has been silent for this long (kubernetes/kubernetes pkg/kubelet/kubelet.go maxWaitForContainerRuntime). Too short turns a restart of containerd into a node failure. */
export const runtimeSilenceMsMax: Ms = 30_000;

/** The controller-manager looks at all nodes this often: node-monitor-period (pkg/controller/nodelifecycle). Too long delays detection by half of the error. */
export const nodeMonitorMs: Ms = 5_000;

/** node-monitor-grace-period: 40 s up to 1.31, 50 s from 1.32 (kubernetes/kubernetes PR 126287). An error shifts every detection by as much. */
export function nodeGraceMs(minor: number): Ms {
  return minor >= 32 ? 50_000 : 40_000;
}

/** Whether the NoExecute taint follows in the pass that marks the node; before 1.34 it came one pass later (kubernetes/kubernetes PR 120816). */
export function taintsInSamePass(minor: number): boolean {
  return minor >= 34;
}

/** --node-eviction-rate, nodes per second and zone, burst 1 (pkg/controller/nodelifecycle). Too high moves pods of the later nodes too early. */
export const evictionPerSecond = 0.1;

/** --secondary-node-eviction-rate in a partly disrupted zone of more than {@link largeZoneNodes} nodes; smaller zones stop. */
export const secondaryEvictionPerSecond = 0.01;

/** --large-cluster-size-threshold; the code compares the size of the zone. */
export const largeZoneNodes = 50;

/** --unhealthy-zone-threshold: share of nodes not ready from which a zone is partly disrupted, if there are more than two. */
export const unhealthyZoneRatio = 0.55;

/** The eviction queue is looked at this often (nodeEvictionPeriod, pkg/controller/nodelifecycle). */
export const evictionPollMs: Ms = 100;
