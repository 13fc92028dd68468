/** Tells the capacity of workloads when it changes, or the demand on them does. Apart from facts, which are single values: these are the figures that objectives on scaling need. */
import type { Ms } from '../../../base/clock.ts';
import type { Capacity, Publish } from '../../../domain/event.ts';
import type { Site } from '../../../domain/topology.ts';
import { createCapacityNews } from '../../capacity-news.ts';
import { podCapacityRps, servedWorkloads } from './capacity.ts';
import type { ClusterState } from './cluster-state.ts';
import { statusOf } from './workload-facts.ts';

/** Reads the capacity of a site's workloads; call it on every change and once a second. */
export function createCapacityReader(
  site: Site,
  demandRps: (site: string) => number,
  publish: Publish,
): (state: ClusterState, atMs: Ms) => void {
  const served = servedWorkloads(site).map((workload) => ({ workload, podRps: podCapacityRps(site, workload) }));
  const isNews = createCapacityNews();
  return (state, atMs) => {
    for (const { workload, podRps } of served) {
      const { ready, wanted } = statusOf(workload, state);
      const event: Capacity = {
        type: 'capacity',
        site: site.name,
        workload: workload.name,
        readyReplicas: ready,
        wantedReplicas: wanted,
        capacityRps: Math.round(ready * podRps),
        demandRps: Math.round(demandRps(site.name)),
      };
      if (isNews(event)) publish(event, atMs);
    }
  };
}
