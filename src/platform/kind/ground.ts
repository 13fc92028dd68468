/** What a run on kind stands on: every name, address and port of it, as plain data that is known before the first resource exists. Apart because provisioning, healing and tearing down must agree on it to the letter. */
import type { Topology } from '../../domain/topology.ts';

/** One node of a cluster: the machine's name in the topology, and the container that plays it. */
export interface Machine {
  /** As the topology, facts and timelines say it: `east-control-plane`. */
  readonly node: string;
  readonly site: string;
  readonly role: 'control-plane' | 'worker';
  /** Name of its container, which is also its name in Kubernetes: `ep-7f3a21-east-control-plane`. */
  readonly container: string;
  /** Its address for good, on the network of the pair. */
  readonly address: string;
}

/** One cluster. */
export interface SiteGround {
  readonly name: string;
  /** Name of the kind cluster: `ep-7f3a21-east`. */
  readonly cluster: string;
  /** File inside {@link Ground.folder}. */
  readonly kubeconfig: string;
  /** In the topology's order, control planes first. */
  readonly machines: readonly Machine[];
  /** What stands before several control planes; absent for one. */
  readonly apiLoadBalancer?: { readonly container: string; readonly address: string };
}

/** A container beside the clusters. */
export interface Beside {
  readonly container: string;
  readonly address: string;
}

/** Everything that was, or is about to be, made for one pair of clusters. */
export interface Ground {
  /** `ep-` and six hexadecimal digits: prefix of every name. */
  readonly id: string;
  /** Absolute path of the folder that holds kubeconfigs and what a pair needs to be found again. */
  readonly folder: string;
  /** Name of the Docker network, and its subnet such as `172.20.4.0/22`. */
  readonly network: string;
  readonly subnet: string;
  readonly sites: readonly SiteGround[];
  /** The proxy that the sites reach each other through. */
  readonly link: Beside;
  /** What brings customers to either site. */
  readonly globalLoadBalancer: Beside;
}

/** Label of every container, network and volume that is ours; its value is {@link Ground.id}. kind's own containers carry kind's label with the cluster's name instead. */
export const pairLabel = 'dev.elevenproof.pair';

/** Hosts of a /22 by what they are for: offset of the first one. Sites are one /24 each; `stray` is what Docker hands out by itself. */
const offsets = { site: [0x00a, 0x10a], beside: 0x20a, stray: 0x300 } as const;

/** Docker hands out addresses of this part of the subnet to containers that ask for none. */
export function strayRange(subnet: string): string {
  return `${addressIn(subnet, offsets.stray)}/24`;
}

/** Address number `offset` of a subnet. */
export function addressIn(subnet: string, offset: number): string {
  const [a = 0, b = 0, c = 0, d = 0] = subnet.split('/')[0]!.split('.').map(Number);
  const sum = ((a * 256 + b) * 256 + c) * 256 + d + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(sum / 2 ** shift) % 256).join('.');
}

/** The ground of a topology. Pure: the same inputs give the same names and addresses. */
export function planGround(
  topology: Topology,
  { id, folder, subnet }: { readonly id: string; readonly folder: string; readonly subnet: string },
): Ground {
  const beside = (name: string, i: number): Beside => ({
    container: `${id}-${name}`,
    address: addressIn(subnet, offsets.beside + i),
  });
  return {
    id,
    folder,
    network: id,
    subnet,
    sites: topology.sites.map((site, i) => planSite(site, id, (n) => addressIn(subnet, offsets.site[i]! + n))),
    link: beside('link', 0),
    globalLoadBalancer: beside('global-lb', 1),
  };
}

function planSite(site: Topology['sites'][number], id: string, address: (n: number) => string): SiteGround {
  const cluster = `${id}-${site.name}`;
  // The first host is the load balancer's, so that nodes keep theirs whatever their number.
  const machines = site.nodes.map((node, i) => ({
    node: node.name,
    site: site.name,
    role: node.role,
    container: `${id}-${node.name}`,
    address: address(i + 1),
  }));
  const several = machines.filter(({ role }) => role === 'control-plane').length > 1;
  return {
    name: site.name,
    cluster,
    kubeconfig: `${site.name}.kubeconfig`,
    machines,
    ...(several && {
      apiLoadBalancer: { container: `${cluster}-external-load-balancer`, address: address(0) },
    }),
  };
}

/** The machine of a node's name in the topology; undefined when there is none. */
export function machineOf(ground: Ground, node: string): Machine | undefined {
  return ground.sites.flatMap(({ machines }) => machines).find((machine) => machine.node === node);
}

/** The topology's name of a node that Kubernetes calls by its container's name; undefined for a stranger. */
export function nodeOf(ground: Ground, container: string): string | undefined {
  return ground.sites.flatMap(({ machines }) => machines).find((machine) => machine.container === container)?.node;
}
