/** How many endpoints of each Service are ready. Pure. */
import type { Site } from '../../../domain/topology.ts';
import type { ClusterState } from './cluster-state.ts';
import type { Reading } from './teller.ts';

/** One reading per Service of the site. Addresses of a second family are the same pods again and do not count. */
export function endpointFacts(site: Site, state: ClusterState): readonly Reading[] {
  return site.services.map(({ name, namespace }) => ({
    fact: 'endpoints.ready',
    subject: { site: site.name, service: name },
    value: readyOf(namespace, name, state),
  }));
}

function readyOf(namespace: string, service: string, state: ClusterState): number {
  const families = new Map<string, Set<string>>();
  for (const { metadata, addressType, endpoints } of state.slices.values()) {
    if (metadata.namespace !== namespace || metadata.labels?.['kubernetes.io/service-name'] !== service) continue;
    const family = families.get(addressType) ?? new Set();
    families.set(addressType, family);
    for (const { addresses, conditions } of endpoints ?? [])
      if (conditions?.ready !== false) family.add(addresses[0] ?? '');
  }
  return Math.max(0, ...[...families.values()].map((family) => family.size));
}
