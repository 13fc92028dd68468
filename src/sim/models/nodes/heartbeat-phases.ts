/** When each node's kubelet renews its Lease and when each site's monitor passes, before anything happens. Apart because connections need it, too: the last renewal is the last that a client heard of a server that froze. */
import type { Ms } from '../../../base/clock.ts';
import type { Site } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';
import type { NodeName, SiteName } from '../../model.ts';
import { leaseRenewMs, nodeMonitorMs } from './node-constants.ts';

/** Times modulo the period of each. */
export interface HeartbeatPhases {
  readonly renewal: ReadonlyMap<NodeName, Ms>;
  readonly pass: ReadonlyMap<SiteName, Ms>;
}

/** The same for the same kernel, however often it is asked. */
export function heartbeatPhases(kernel: Kernel, sites: readonly Site[]): HeartbeatPhases {
  const random = kernel.random('nodes');
  const renewal = new Map<NodeName, Ms>();
  const pass = new Map<SiteName, Ms>();
  for (const site of sites) {
    for (const { name } of site.nodes) renewal.set(name, random.int(0, leaseRenewMs - 1));
    pass.set(site.name, random.int(1, nodeMonitorMs));
  }
  return { renewal, pass };
}
