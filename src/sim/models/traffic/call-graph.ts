/** Which Services of a site one entry reaches, callers before those they call. Apart because cycles and names that do not exist must be dealt with once, not per bucket. */
import type { Behaviour, Service, Site } from '../../../domain/topology.ts';

/** Chains of calls deeper than this are cut: the innermost call is taken to succeed at once. */
const depthMax = 16;

/** One Service on the way. */
export interface GraphNode {
  readonly service: Service;
  /** Positions of what each request calls, in order; `undefined`: no Service of that name. */
  readonly calls: readonly (number | undefined)[];
  /** Workload whose database a request commits to; undefined also when the site has no such workload. */
  readonly database: string | undefined;
}

/** All Services that the entry reaches; the entry first, every caller before what it calls. A call back to a Service that is already on the way is left out, as if it were answered at once. */
export function callGraph(site: Site, entry: Service): readonly GraphNode[] {
  const services = new Map(site.services.map((service) => [service.name, service]));
  const order: Service[] = [];
  const edges = new Map<string, string[]>();
  const visit = (service: Service, path: readonly string[]) => {
    if (edges.has(service.name)) return;
    edges.set(service.name, []);
    const onPath = [...path, service.name];
    const follow = (name: string) => !onPath.includes(name) && path.length < depthMax;
    const calls = (behaviourOf(site, service)?.calls ?? []).filter(follow);
    edges.set(service.name, calls);
    for (const name of calls) {
      const callee = services.get(name);
      if (callee !== undefined) visit(callee, onPath);
    }
    order.unshift(service);
  };
  visit(entry, []);
  const at = new Map(order.map((service, i) => [service.name, i]));
  return order.map((service, i) => ({
    service,
    calls: edges.get(service.name)!.flatMap((name) => {
      const position = at.get(name);
      return position !== undefined && position <= i ? [] : [position];
    }),
    database: site.workloads.find(({ name }) => name === behaviourOf(site, service)?.database)?.name,
  }));
}

/** How the pods behind a Service behave; where it selects several workloads, the first one speaks for their calls. */
function behaviourOf(site: Site, service: Service): Behaviour | undefined {
  for (const name of service.workloads) {
    const found = site.workloads.find((workload) => workload.name === name);
    if (found !== undefined) return found.behaviour;
  }
  return undefined;
}
