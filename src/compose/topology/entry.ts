/** Which Services customers reach. Apart because somebody else's manifests do not say it, and the guess must be one rule, stated once. */
import type { Service, Site, Workload } from '../../domain/topology.ts';
import type { Field } from './field.ts';
import type { SiteObjects } from './objects.ts';
import { nameOf } from './workload.ts';

/** Names of Services. */
export interface EntryCandidates {
  /** All that customers may reach, best guess first. */
  readonly names: readonly string[];
  /** Those of them that are open to the outside by their type or a route. */
  readonly outward: readonly string[];
}

/** Services that customers may reach, best guess first: of type LoadBalancer or NodePort, behind an Ingress or HTTPRoute, before a Deployment, before any other workload; headless ones last, because clients of a StatefulSet's members use them. */
export function entryCandidates(
  objects: SiteObjects,
  services: readonly Service[],
  workloads: readonly Workload[],
): EntryCandidates {
  const withPods = services.filter((service) => service.workloads.length > 0).map((service) => service.name);
  const exposed = objects
    .of('Service')
    .filter((object) => ['LoadBalancer', 'NodePort'].includes(object.get('spec').get('type').text() ?? ''))
    .map(nameOf);
  const routed = objects.routes.flatMap(backendsOf);
  const deployments = workloads.filter((workload) => workload.kind === 'Deployment').map((workload) => workload.name);
  const before = services
    .filter((service) => service.workloads.some((name) => deployments.includes(name)))
    .map((service) => service.name);
  const names = [...new Set([...exposed, ...routed, ...before, ...withPods])].filter((name) => withPods.includes(name));
  const headless = objects
    .of('Service')
    .filter((object) => object.get('spec').get('clusterIP').text() === 'None')
    .map(nameOf);
  return {
    names: [...names.filter((name) => !headless.includes(name)), ...names.filter((name) => headless.includes(name))],
    outward: names.filter((name) => exposed.includes(name) || routed.includes(name)),
  };
}

function backendsOf(route: Field): string[] {
  const spec = route.get('spec');
  const ingress = spec
    .get('rules')
    .items()
    .flatMap((rule) =>
      rule
        .get('http')
        .get('paths')
        .items()
        .map((path) => path.get('backend')),
    );
  const backends = [spec.get('defaultBackend'), ...ingress].map(
    (backend) => backend.get('service').get('name').text() ?? backend.get('serviceName').text(),
  );
  const references = spec
    .get('rules')
    .items()
    .flatMap((rule) =>
      rule
        .get('backendRefs')
        .items()
        .map((reference) => reference.get('name').text()),
    );
  const meshed = spec
    .get('http')
    .items()
    .flatMap((http) => http.get('route').items())
    .map((each) => each.get('destination').get('host').text()?.split('.')[0]);
  return [...backends, ...references, ...meshed].filter((name) => name !== undefined);
}

/** The sites with one entry Service each. When no annotation says `serves` anywhere, the candidate called `wanted` (unless others are open to the outside and it is not), else the first that all sites have, serves a business service; it is called `wanted`, else as the Service. */
export function withEntries(
  sites: readonly { readonly site: Site; readonly entryCandidates: EntryCandidates }[],
  wanted: string | undefined,
  assumed: string[],
): Site[] {
  const said = sites.some(({ site }) => site.services.some((service) => service.serves !== undefined));
  const entry = chooseEntry(sites, wanted);
  if (said || entry === undefined) return sites.map(({ site }) => site);
  const serves = wanted ?? entry;
  const called = serves === entry ? '' : `, which the scenario calls ${serves}`;
  assumed.push(`customers reach Service ${entry}${called} (say elevenproof.dev/serves to choose another)`);
  for (const { site } of sites) assumed.push(...silentCalls(site, entry));
  return sites.map(({ site }) => ({
    ...site,
    services: site.services.map((service) => (service.name === entry ? { ...service, serves } : service)),
  }));
}

/** A dependency that nobody stated is none here, however many Services there are; whoever reads a verdict must know. */
function silentCalls(site: Site, entry: string): string[] {
  const behind = site.services.find((service) => service.name === entry)?.workloads ?? [];
  const others = site.services.filter((service) => service.workloads.some((name) => !behind.includes(name)));
  const silent = site.workloads.filter(({ name, behaviour }) => behind.includes(name) && behaviour.calls.length === 0);
  if (others.length === 0 || silent.length === 0) return [];
  const names = silent.map((workload) => workload.name).join(', ');
  return [`${site.name}: ${names} needs no other Service to answer (say elevenproof.dev/calls)`];
}

function chooseEntry(
  sites: readonly { readonly site: Site; readonly entryCandidates: EntryCandidates }[],
  wanted: string | undefined,
): string | undefined {
  const [first, ...others] = sites;
  const { names, outward } = first?.entryCandidates ?? { names: [], outward: [] };
  const everywhere = names.filter((name) =>
    others.every((other) => other.site.services.some((service) => service.name === name)),
  );
  const meant = everywhere.find((name) => name === wanted && (outward.length === 0 || outward.includes(name)));
  return meant ?? everywhere[0] ?? names[0];
}

/** Names of the business services of all sites, in order of appearance. */
export function businessServices(sites: readonly Site[]): string[] {
  return [...new Set(sites.flatMap((site) => site.services.flatMap((service) => service.serves ?? [])))];
}
