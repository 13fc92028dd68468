/** A subnet for a pair that nothing else on this machine uses. Apart because the choice is pure and what is taken comes from three places. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { OperatingError } from '../../../base/errors.ts';
import type { Engine } from '../engine.ts';

/** Where pairs live: 172.20.0.0 to 172.29.252.0, in steps of a /22. Private, and off the first networks that Docker hands out by itself. */
const first = { a: 172, b: 20 };
const perSecondByte = 64;
const candidates = 10 * perSecondByte;

/** A range of IPv4 addresses as numbers, both ends in it. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** A free subnet for a pair: the same id gives the same one while nothing is in its way. Throws an OperatingError when all are taken. */
export async function freeSubnet(engine: Engine, id: string): Promise<string> {
  return pickSubnet(id, [...(await dockerSubnets(engine)), ...hostSubnets(), ...hostRoutes()]);
}

/** The first /22 from the id's own place on that overlaps none of those taken (`10.0.0.0/8`; others than IPv4 are passed over). */
export function pickSubnet(id: string, taken: readonly string[]): string {
  const spans = taken.flatMap((cidr) => spanOf(cidr) ?? []);
  const start = Number.parseInt(id.replace(/^.*-/, ''), 16) || 0;
  for (let i = 0; i < candidates; i++) {
    const subnet = candidate((start + i) % candidates);
    const { from, to } = spanOf(subnet)!;
    if (spans.every((span) => span.to < from || span.from > to)) return subnet;
  }
  throw new OperatingError('Failed to find a subnet for the clusters: all of 172.20.0.0 to 172.29.255.255 is taken', {
    hint: 'Remove networks that are not used: docker network prune',
  });
}

function candidate(n: number): string {
  return `${first.a}.${first.b + Math.floor(n / perSecondByte)}.${(n % perSecondByte) * 4}.0/22`;
}

function spanOf(cidr: string): Span | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 32] = parts;
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const from = Math.floor(address / size) * size;
  return { from, to: from + size - 1 };
}

async function dockerSubnets(engine: Engine): Promise<readonly string[]> {
  const networks = await engine.docker.listNetworks();
  return networks.flatMap(({ IPAM }) => (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []));
}

function hostSubnets(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).flatMap(({ cidr }) => cidr ?? []));
}

/** Routes of a Linux host; elsewhere the interfaces must do. The default route is everybody's. */
function hostRoutes(): readonly string[] {
  try {
    return parseRoutes(readFileSync('/proc/net/route', 'utf8'));
  } catch {
    return [];
  }
}

/** Destinations of /proc/net/route, whose numbers are hexadecimal with the lowest byte first. */
export function parseRoutes(table: string): readonly string[] {
  const rows = table.trim().split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, destination = '', , , , , , mask = ''] = row.trim().split(/\s+/);
    const bits = bytesOf(mask).reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    return bits === 0 ? [] : [`${bytesOf(destination).reverse().join('.')}/${bits}`];
  });
}

function bytesOf(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
}
