/** Which packets get through between nodes, sites and customers, and how late. Apart because models ask it and never know what was cut. */
import type { Site, Topology } from '../../domain/topology.ts';
import { createSignal, type Kernel } from '../kernel.ts';
import type { Network, NodeName, Place, SiteName } from '../model.ts';

/** ms one way between two machines of a site (kind: a bridge of one host; a datacentre: one or two switches). Longer: slower commits. */
const localDelayMs = 0.2;
/** ms on the loopback of one machine. */
const loopbackDelayMs = 0.02;
const anywhere = '*';

/** What was done to one direction of one path. */
interface Damage {
  cut: boolean;
  delayMs: number;
  lossRatio: number;
}

type Direction = 'both' | 'one-way';

/** A network without damage. One-way damage is done to what the first named sends. Each restore undoes cut and slow of exactly the path it names. Unknown nodes throw a RangeError. */
export function createNetwork(kernel: Kernel, topology: Topology): Network {
  const changed: Network['changed'] = createSignal();
  const siteOfNode = siteNames(topology.sites);
  const links = createDamages();
  const nodes = createDamages();
  const isolated = new Set<SiteName>();

  const siteOf = (place: Place): SiteName | undefined => {
    if ('outside' in place) return undefined;
    if ('site' in place) return place.site;
    const site = siteOfNode.get(place.node);
    if (site === undefined) throw new RangeError(`Expected a node of the topology, got "${place.node}"`);
    return site;
  };
  const sitesPass = (from: SiteName | undefined, to: SiteName | undefined) =>
    from === to ||
    !(
      (from !== undefined && isolated.has(from)) ||
      (to !== undefined && isolated.has(to)) ||
      links.get(from, to)?.cut === true
    );
  const same = (from: Place, to: Place) => 'node' in from && 'node' in to && from.node === to.node;
  /** Damages on the way, at most four. */
  const onTheWay = (from: Place, to: Place): Damage[] => {
    if (same(from, to)) return [];
    const a = 'node' in from ? from.node : undefined;
    const b = 'node' in to ? to.node : undefined;
    const found = nodes.size() === 0 ? [] : [nodes.get(a, b), nodes.get(a, anywhere), nodes.get(anywhere, b)];
    const [fromSite, toSite] = [siteOf(from), siteOf(to)];
    if (fromSite !== toSite) found.push(links.get(fromSite, toSite));
    return found.filter((damage) => damage !== undefined);
  };
  const undamaged = () => nodes.size() === 0 && links.size() === 0 && isolated.size === 0;
  const passes = (from: Place, to: Place) => {
    const [fromSite, toSite] = [siteOf(from), siteOf(to)];
    if (undamaged() || same(from, to)) return true;
    return sitesPass(fromSite, toSite) && !onTheWay(from, to).some((damage) => damage.cut);
  };
  const siteDelayMs = (from: SiteName, to: SiteName) =>
    localDelayMs + (from === to ? 0 : topology.link.delayMs + (links.get(from, to)?.delayMs ?? 0));
  const baseDelayMs = (from: Place, to: Place) => {
    const [a, b] = [siteOf(from), siteOf(to)];
    return localDelayMs + (a === undefined || b === undefined || a === b ? 0 : topology.link.delayMs);
  };
  const apply = (store: Damages, from: string, to: string, direction: Direction, change: (d: Damage) => void) => {
    store.change(from, to, change);
    if (direction === 'both') store.change(to, from, change);
    changed.emit({ at: kernel.now() });
  };
  const cut = (damage: Damage) => {
    damage.cut = true;
  };
  const slow = (delayMs: number, lossRatio: number) => (damage: Damage) => {
    damage.delayMs = delayMs;
    damage.lossRatio = lossRatio;
  };
  const restore = (damage: Damage) => {
    damage.cut = false;
    slow(0, 0)(damage);
  };
  const checked = (node: NodeName) => {
    siteOf({ node });
    return node;
  };
  const peerOf = (peer: NodeName | undefined) => (peer === undefined ? anywhere : checked(peer));

  return {
    changed,
    passes,
    connects: (a, b) => passes(a, b) && passes(b, a),
    delayMs: (from, to) =>
      same(from, to)
        ? loopbackDelayMs
        : onTheWay(from, to).reduce((sum, damage) => sum + damage.delayMs, baseDelayMs(from, to)),
    lossRatio: (from, to) => 1 - onTheWay(from, to).reduce((kept, damage) => kept * (1 - damage.lossRatio), 1),
    sitePasses: sitesPass,
    siteDelayMs,
    reachable: (site) => !isolated.has(site),
    cutLink: (from, to, direction) => apply(links, from, to, direction, cut),
    slowLink: (from, to, direction, delayMs, lossRatio) => apply(links, from, to, direction, slow(delayMs, lossRatio)),
    restoreLink: (from, to, direction) => apply(links, from, to, direction, restore),
    cutNode: (node, peer, direction) => apply(nodes, checked(node), peerOf(peer), direction, cut),
    slowNode: (node, peer, direction, delayMs, lossRatio) =>
      apply(nodes, checked(node), peerOf(peer), direction, slow(delayMs, lossRatio)),
    restoreNode: (node, peer, direction) => apply(nodes, checked(node), peerOf(peer), direction, restore),
    cutSite: (site) => {
      isolated.add(site);
      changed.emit({ at: kernel.now() });
    },
    restoreSite: (site) => {
      isolated.delete(site);
      changed.emit({ at: kernel.now() });
    },
  };
}

interface Damages {
  get(from: string | undefined, to: string | undefined): Damage | undefined;
  /** Changes one direction; damage that has come to nothing is forgotten. */
  change(from: string, to: string, change: (damage: Damage) => void): void;
  size(): number;
}

function createDamages(): Damages {
  const byPath = new Map<string, Damage>();
  const key = (from: string, to: string) => `${from}>${to}`;
  return {
    get: (from, to) =>
      from === undefined || to === undefined || byPath.size === 0 ? undefined : byPath.get(key(from, to)),
    change: (from, to, change) => {
      const damage = byPath.get(key(from, to)) ?? { cut: false, delayMs: 0, lossRatio: 0 };
      change(damage);
      if (damage.cut || damage.delayMs > 0 || damage.lossRatio > 0) byPath.set(key(from, to), damage);
      else byPath.delete(key(from, to));
    },
    size: () => byPath.size,
  };
}

function siteNames(sites: readonly Site[]): ReadonlyMap<NodeName, SiteName> {
  return new Map(sites.flatMap((site) => site.nodes.map((node) => [node.name, site.name] as const)));
}
