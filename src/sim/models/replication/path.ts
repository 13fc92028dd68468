/** What a stream or batch meets between two databases: loss, delay, line rate. Apart because it joins three models (pods, network, link) into one figure. */
import type { Link } from '../../../domain/between-sites.ts';
import type { Network, Place } from '../../model.ts';
import type { Database } from './database.ts';
import type { Path } from './stream.ts';

/** What one order costs on the line: the row of the order, the stock row, and the protocol. 1,000 bytes; assumed. More bytes: streams saturate at lower rates. */
export const bytesPerOrder = 1_000;
/** Payload of one TCP segment. 1,460 bytes; Ethernet MTU 1,500 less headers. Larger: less harm from loss. */
const segmentBytes = 1_460;
/** Constant of the rate of a TCP connection under loss, rate = 1.22 × segment ÷ (round trip × √loss). Mathis et al., 1997. Larger: less harm from loss. */
const mathis = 1.22;

/** What the path asks of the network. */
export type PathNetwork = Pick<Network, 'connects' | 'delayMs' | 'lossRatio' | 'sitePasses' | 'siteDelayMs'>;

/** Packets pass both ways between the two; who answers is not asked. */
export function linkPasses(network: PathNetwork, from: Database, to: Database): boolean {
  const places = placesOf(from, to);
  if (places !== undefined) return network.connects(...places);
  return network.sitePasses(from.site, to.site) && network.sitePasses(to.site, from.site);
}

/** The path of one direction now. */
export function pathOf(network: PathNetwork, link: Link, from: Database, to: Database): Path {
  const places = placesOf(from, to);
  const delayMs = places === undefined ? network.siteDelayMs(from.site, to.site) : network.delayMs(...places);
  const lossRatio = places === undefined ? 0 : network.lossRatio(...places);
  const loss = linkPasses(network, from, to) ? (from.loss ?? to.loss) : 'silent';
  return { loss, delayMs, msPerOrder: (8 * bytesPerOrder) / bitsPerMs(link, delayMs, lossRatio) };
}

function bitsPerMs(link: Link, delayMs: number, lossRatio: number): number {
  const line = link.bandwidthMbps * 1_000;
  if (lossRatio <= 0) return line;
  return Math.min(line, (mathis * 8 * segmentBytes) / (2 * Math.max(delayMs, 0.1) * Math.sqrt(lossRatio)));
}

function placesOf(from: Database, to: Database): [Place, Place] | undefined {
  const [a, b] = [from.pod?.node, to.pod?.node];
  return a === undefined || b === undefined ? undefined : [{ node: a }, { node: b }];
}
