/** The etcd cluster of a site as its operator knows it: who the members are, where they listen, and one operation at a time. */
import { OperatingError } from '../../../base/errors.ts';
import type { Machine } from '../ground.ts';
import type { KindWorld } from '../world.ts';
import { dataScript, type EtcdMember, membersScript, parseMembers } from './etcd-scripts.ts';
import type { Job } from './verb.ts';

/** Nodes that hold etcd. Throws an OperatingError for an unknown site. */
export function controlPlanes(world: KindWorld, site: string): readonly Machine[] {
  const found = world.ground.sites.find(({ name }) => name === site);
  if (found === undefined) throw new OperatingError(`The pair has no site ${site}`);
  return found.machines.filter(({ role }) => role === 'control-plane');
}

/** Where a member listens for the others. */
export const peerUrl = ({ address }: Machine) => `https://${address}:2380`;

/** `name=url` of every member that is or shall be, as `--initial-cluster` wants it. */
export const clusterOf = (machines: readonly Machine[]) =>
  machines.map((machine) => `${machine.container}=${peerUrl(machine)}`).join(',');

/** Where the others of a member's cluster are asked. */
export function othersOf(world: KindWorld, { site, node }: { readonly site: string; readonly node: string }): string {
  const others = controlPlanes(world, site).filter((machine) => machine.node !== node);
  if (others.length === 0) throw new OperatingError(`etcd of ${site} has no other member`);
  return others.map(({ address }) => `https://${address}:2379`).join(',');
}

/** The members as the others know them. Throws without a quorum. */
export async function membersBy(job: Job, { container }: Machine, endpoints: string): Promise<readonly EtcdMember[]> {
  return parseMembers(await job.eyes.run(container, membersScript, [endpoints]));
}

/** Whether the node holds data of etcd, and whether its member is kept stopped. */
export async function dataOf(job: Job, { container }: Machine) {
  const lines = (await job.eyes.run(container, dataScript)).split('\n');
  return { data: lines.includes('data'), held: lines.includes('held') };
}

/** More than half of the members have lost their data: no quorum can ever come back by itself. */
export async function isMajorityLost(job: Job, site: string): Promise<boolean> {
  const machines = controlPlanes(job.world, site);
  const found = await Promise.allSettled(machines.map((machine) => dataOf(job, machine)));
  const lost = found.filter((each) => each.status === 'fulfilled' && !each.value.data).length;
  return lost > machines.length - (Math.floor(machines.length / 2) + 1);
}

const busy = new WeakMap<KindWorld, Map<string, Promise<unknown>>>();

/** One operation after the other on a site's etcd, in the order in which they were asked for: two rebuilds at once would undo each other. */
export function inTurn<T>(world: KindWorld, site: string, work: () => Promise<T>): Promise<T> {
  const sites = busy.get(world) ?? new Map<string, Promise<unknown>>();
  busy.set(world, sites);
  const next = (sites.get(site) ?? Promise.resolve()).then(work, work);
  sites.set(site, next);
  return next;
}
