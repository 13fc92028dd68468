/** Ports by which a Service of a site is reached at the address of any of its nodes. Apart because everything outside the clusters comes in this way. */
import { OperatingError } from '../../../base/errors.ts';
import type { Kube } from '../kube.ts';
import type { KindWorld } from '../world.ts';
import { outsideName } from './companions.ts';

/** Where a Service, or a database's workload, is reached from outside. */
export interface WayIn {
  /** The same on every node of the site. */
  readonly nodePort: number;
  /** Addresses of the site's nodes: workers, or all when there are none. */
  readonly addresses: readonly string[];
}

/** The way in to a Service or a database's workload by its name, after the deployment. Throws an OperatingError when there is none. */
export async function wayInto(world: KindWorld, site: string, service: string): Promise<WayIn> {
  const ground = world.ground.sites.find(({ name }) => name === site);
  const workers = ground?.machines.filter(({ role }) => role === 'worker') ?? [];
  const machines = workers.length > 0 ? workers : (ground?.machines ?? []);
  return { nodePort: await nodePortOf(world, site, service), addresses: machines.map(({ address }) => address) };
}

/** Only the port. */
export async function nodePortOf(world: KindWorld, site: string, service: string): Promise<number> {
  const spec = world.topology.sites.find(({ name }) => name === site);
  const namespaces = new Set([
    ...(spec?.services ?? []).filter(({ name }) => name === service).map(({ namespace }) => namespace),
    ...(spec?.workloads ?? []).filter(({ name }) => name === service).map(({ namespace }) => namespace),
  ]);
  for (const namespace of namespaces)
    for (const name of [outsideName(service), service]) {
      const port = await readNodePort(world.kube(site), namespace, name);
      if (port !== undefined) return port;
    }
  throw new OperatingError(`Failed to find a node port of ${site}/${service}`, { hint: 'Is it deployed?' });
}

async function readNodePort(kube: Kube, namespace: string, name: string): Promise<number | undefined> {
  try {
    const { spec } = await kube.core.readNamespacedService({ namespace, name });
    return spec?.ports?.find(({ nodePort }) => nodePort !== undefined)?.nodePort;
  } catch (cause) {
    if ((cause as { code?: number }).code === 404) return undefined;
    throw new OperatingError(`Failed to read Service ${namespace}/${name}`, { cause });
  }
}
