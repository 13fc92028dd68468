/** What the ready pods of a workload could serve. Pure; the same reckoning as the simulator's, with the pods that the API server calls ready. */
import { exp, log } from '../../../base/exact-math.ts';
import type { Site, Workload } from '../../../domain/topology.ts';

/** z of the 99th percentile of a normal distribution. */
const z99 = 2.3263478740408408;

/** Workloads that requests go through: behind an entry, or called by another. */
export function servedWorkloads(site: Site): readonly Workload[] {
  const called = new Set(site.workloads.flatMap(({ behaviour }) => behaviour.calls));
  const asked = site.services.filter(({ name, serves }) => serves !== undefined || called.has(name));
  const behind = new Set(asked.flatMap(({ workloads }) => workloads));
  return site.workloads.filter(({ name }) => behind.has(name));
}

/** Requests per second that one pod can serve when nothing waits: concurrency by the time a request is held (its own work, its calls, its commit), or its CPU limit if that is less. */
export function podCapacityRps(site: Site, workload: Workload): number {
  const { behaviour, template } = workload;
  const heldMs = Math.max(0.01, meanMs(workload) + behindMs(site, workload, new Set()));
  const byConcurrency = (behaviour.concurrency * 1000) / heldMs;
  const limit = template.limits.cpuCores;
  if (limit === undefined || behaviour.cpuMsPerRequest <= 0) return byConcurrency;
  return Math.min(byConcurrency, (limit * 1000) / behaviour.cpuMsPerRequest);
}

/** Mean of the log-normal with this median and 99th percentile, ms. */
function meanMs({ behaviour }: Workload): number {
  const { serviceTimeMs, serviceTimeP99Ms } = behaviour;
  const sigma = serviceTimeP99Ms > serviceTimeMs ? log(serviceTimeP99Ms / serviceTimeMs) / z99 : 0;
  return serviceTimeMs * exp((sigma * sigma) / 2);
}

/** How long calls and commit of one request take when nothing waits, ms. */
function behindMs(site: Site, { name, behaviour }: Workload, above: ReadonlySet<string>): number {
  const find = (wanted: string | undefined) => site.workloads.find((workload) => workload.name === wanted);
  const database = find(behaviour.database);
  let ms = database === undefined ? 0 : meanMs(database);
  for (const call of behaviour.calls) {
    const callee = find(site.services.find((service) => service.name === call)?.workloads[0]);
    if (callee === undefined || callee.name === name || above.has(callee.name)) continue;
    ms += meanMs(callee) + behindMs(site, callee, new Set([...above, name]));
  }
  return ms;
}
