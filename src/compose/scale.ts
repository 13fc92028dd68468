/** Fits a topology to the load that it gets: scaled capacity for scaled rates, wider windows for slow services. Apart because both must be the same on every platform. */
import type { LoadPlan } from '../domain/load.ts';
import { windowMsFor } from '../domain/sli-window.ts';
import type { Behaviour, Topology } from '../domain/topology.ts';

/** Windows of the service that is asked, as wide as its slowest load needs; a wider one is named among what was assumed. */
export function widenWindows(topology: Topology, { service, channels }: LoadPlan): Topology {
  const limits = topology.steadyState[service];
  const slowestRps = channels.reduce((sum, channel) => sum + channel.rateRpsBase, 0);
  const windowMs = windowMsFor(slowestRps);
  if (limits === undefined || windowMs <= (limits.windowMs ?? 1_000)) return topology;
  const assumed = `${service}: ${slowestRps} requests/s at base, so its steady state is judged over ${windowMs / 1000} s`;
  return {
    ...topology,
    steadyState: { ...topology.steadyState, [service]: { ...limits, windowMs } },
    assumed: [...topology.assumed, assumed],
  };
}

/** Capacity per pod and targets of business metrics times the scale: fewer requests, each weighing more. */
export function scaleTopology(topology: Topology, scale: number): Topology {
  if (scale === 1) return topology;
  const sites = topology.sites.map((site) => ({
    ...site,
    workloads: site.workloads.map((workload) => ({
      ...workload,
      behaviour: scaleBehaviour(workload.behaviour, scale),
    })),
    services: site.services.map((service) => ({
      ...service,
      policy: { ...service.policy, rateLimitRps: mapValues(service.policy.rateLimitRps, (rps) => rps * scale) },
    })),
    autoscalers: site.autoscalers.map((autoscaler) => ({
      ...autoscaler,
      metrics: autoscaler.metrics.map((metric) =>
        metric.kind === 'per-pod' ? { ...metric, target: metric.target * scale } : metric,
      ),
    })),
  }));
  return { ...topology, sites };
}

const mapValues = (record: Readonly<Record<string, number>>, map: (value: number) => number) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

/** A pod serves `scale` times as many requests at the same latency: it works on fewer at a time, each of which burns more CPU. */
function scaleBehaviour(behaviour: Behaviour, scale: number) {
  return {
    ...behaviour,
    concurrency: behaviour.concurrency * scale,
    queueMax: behaviour.queueMax * scale,
    cpuMsPerRequest: behaviour.cpuMsPerRequest / scale,
  };
}
