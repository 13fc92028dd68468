/** Which node has to drop which packets for a link to be cut. Pure: the arithmetic of damage to a network, apart from the rules of a kernel that do it. */
import type { ResolvedTarget } from '../../../domain/action.ts';
import type { Ground, Machine, SiteGround } from '../ground.ts';
import { addressIn, machineOf } from '../ground.ts';

/** What one node drops. */
export interface Drops {
  readonly machine: Machine;
  /** Packets that arrive from these addresses, and from the pods behind them. */
  readonly from: readonly string[];
  /** Packets that leave for these addresses, and for the pods behind them. */
  readonly to: readonly string[];
  /** Everything that arrives or leaves by the network, but for this address: the testbed's own machine, whose observers must go on seeing. */
  readonly allBut?: { readonly address: string; readonly from: boolean; readonly to: boolean };
}

type LinkTarget = Extract<ResolvedTarget, { on: 'link' | 'node-link' | 'site' }>;

/** Drops by node, for a target that exists; empty for one that does not. */
export function planDrops(ground: Ground, target: LinkTarget): readonly Drops[] {
  switch (target.on) {
    case 'link':
      return planLink(ground, target);
    case 'site':
      return planSite(ground, target.site);
    case 'node-link':
      return planNode(ground, target);
  }
}

/** Both sites' nodes see packets of the other one, or of the proxy of the link that stands for it. Each side drops what arrives. */
function planLink(ground: Ground, { from, to, direction }: Extract<LinkTarget, { on: 'link' }>): readonly Drops[] {
  const into = (receiver: string, sender: string) => {
    const sending = siteOf(ground, sender);
    if (sending === undefined) return [];
    const machines = siteOf(ground, receiver)?.machines ?? [];
    const addresses = [...addressesOf(sending), ground.link.address];
    return machines.map((machine): Drops => ({ machine, from: addresses, to: [] }));
  };
  return direction === 'both' ? [...into(to, from), ...into(from, to)] : into(to, from);
}

/** Its own nodes drop both ways whatever goes to the other site, to the proxy of the link and to what brings customers. */
function planSite(ground: Ground, name: string): readonly Drops[] {
  const others = ground.sites.filter((site) => site.name !== name).flatMap(addressesOf);
  const outside = [...others, ground.link.address, ground.globalLoadBalancer.address];
  return (siteOf(ground, name)?.machines ?? []).map((machine) => ({ machine, from: outside, to: outside }));
}

function planNode(
  ground: Ground,
  { node, peer, direction }: Extract<LinkTarget, { on: 'node-link' }>,
): readonly Drops[] {
  const machine = machineOf(ground, node);
  const other = peer === undefined ? undefined : machineOf(ground, peer);
  if (machine === undefined || (peer !== undefined && other === undefined)) return [];
  const both = direction === 'both';
  if (other !== undefined) return [{ machine, from: both ? [other.address] : [], to: [other.address] }];
  return [{ machine, from: [], to: [], allBut: { address: gatewayOf(ground), from: both, to: true } }];
}

const siteOf = (ground: Ground, name: string): SiteGround | undefined =>
  ground.sites.find((site) => site.name === name);

function addressesOf({ machines, apiLoadBalancer }: SiteGround): readonly string[] {
  const nodes = machines.map(({ address }) => address);
  return apiLoadBalancer === undefined ? nodes : [...nodes, apiLoadBalancer.address];
}

/** Docker gives the network's first host to the bridge, behind which the testbed's machine sits. */
export const gatewayOf = ({ subnet }: Pick<Ground, 'subnet'>) => addressIn(subnet, 1);

/** Who has to send what to whom so that every rule has something to drop: a node inside knocks on one outside, and the other way round. */
export interface Knock {
  readonly by: Machine;
  readonly at: readonly string[];
}

/** Knocks for these drops, at most one per sender. */
export function knocksFor(ground: Ground, drops: readonly Drops[]): readonly Knock[] {
  const machines = ground.sites.flatMap((site) => site.machines);
  const pairs = drops.flatMap((drop): readonly (readonly [Machine, string])[] => {
    const { machine, allBut } = drop;
    const others = machines.filter((other) => other !== machine);
    const sender = others.find(({ address }) => drop.from.includes(address) || allBut?.from === true);
    const receiver = others.find(({ address }) => drop.to.includes(address) || allBut?.to === true);
    return [
      ...(sender === undefined ? [] : [[sender, machine.address] as const]),
      ...(receiver === undefined ? [] : [[machine, receiver.address] as const]),
    ];
  });
  const bySender = new Map<Machine, Set<string>>();
  for (const [by, at] of pairs) bySender.set(by, (bySender.get(by) ?? new Set()).add(at));
  return [...bySender].map(([by, at]) => ({ by, at: [...at] }));
}
