/** Which business services reach an object: through the entry Service, its pods, the Services that they call, and their databases. Apart because it can be asked only when everything is read. */
import type { Service, Site, Workload } from '../../domain/topology.ts';

/** An object of a site's manifests. */
export interface Owner {
  readonly site: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What depends on an object. */
export interface Reach {
  /** Names of the business services that reach it. */
  readonly services: readonly string[];
  /** Whether it takes part in scaling: it has an autoscaler, or a business service reaches it. */
  readonly scaled: boolean;
}

/** Answers for any object of these sites. */
export function reachIn(sites: readonly Site[]): (owner: Owner) => Reach {
  const served = sites.flatMap((site) => site.services.flatMap(({ serves }) => serves ?? []));
  return (owner) => {
    const site = sites.find((one) => one.name === owner.site);
    if (site === undefined) return { services: served, scaled: true };
    const services = [...new Set(served)].filter((name) => holds(walk(site, name), owner));
    const own = site.workloads.filter((workload) => isOf(workload, owner)).map((workload) => workload.name);
    const scaled = services.length > 0 || site.autoscalers.some((one) => own.includes(one.workload));
    return { services, scaled };
  };
}

interface Walked {
  readonly services: Set<Service>;
  readonly workloads: Set<Workload>;
}

/** Everything of the site behind a business service. Where the entry's pods do not state their calls, they might call any Service. */
function walk(site: Site, businessService: string): Walked {
  const walked: Walked = { services: new Set(), workloads: new Set() };
  const visit = (service: Service): void => {
    if (walked.services.has(service)) return;
    walked.services.add(service);
    for (const workload of site.workloads.filter(({ name }) => service.workloads.includes(name))) {
      walked.workloads.add(workload);
      for (const other of site.workloads) if (other.name === workload.behaviour.database) walked.workloads.add(other);
      for (const called of site.services) if (workload.behaviour.calls.includes(called.name)) visit(called);
    }
  };
  for (const service of site.services) if (service.serves === businessService) visit(service);
  const silent = [...walked.workloads].every(({ behaviour }) => behaviour.calls.length === 0);
  if (silent && walked.services.size > 0) for (const service of site.services) visit(service);
  return walked;
}

function holds({ services, workloads }: Walked, owner: Owner): boolean {
  const sameService = ({ name, namespace }: Service) => name === owner.name && namespace === owner.namespace;
  if (owner.kind === 'Service') return [...services].some(sameService);
  return [...workloads].some((workload) => isOf(workload, owner));
}

/** A workload's name may have got its namespace and kind as surnames. */
function isOf({ kind, name, namespace }: Workload, owner: Owner): boolean {
  if (kind !== owner.kind || namespace !== owner.namespace) return false;
  return name === owner.name || name.startsWith(`${owner.name}.${owner.namespace}`);
}
