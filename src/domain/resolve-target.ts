/** Turns the words of a target (`leader`, `one`, `minority`) into things that exist, from facts and a random stream alone, when a fault is injected. Apart so that no platform has to know the words. */
import { knownWords } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Component, Pick, ResolvedTarget, Target } from './action.ts';
import { type FactName, type Facts, factKey } from './fact.ts';
import type { Site, Topology } from './topology.ts';

/** The things, at least one; or why there is none. */
export type Resolution =
  | { readonly targets: readonly ResolvedTarget[] }
  | { readonly targets: undefined; readonly problem: string };

/** Where a target may be: the sites and what lies between them. */
export type Ground = globalThis.Pick<Topology, 'sites' | 'replication'>;

type On<K extends Target['on']> = Extract<Target, { on: K }>;

/** Resolves a target. Pure: the same facts, ground and stream give the same things, in the order of the topology (pods: of first sight). */
export function resolveTarget(target: Target, facts: Facts, ground: Ground, random: Random): Resolution {
  switch (target.on) {
    case 'component':
    case 'node':
    case 'node-link':
    case 'pod':
    case 'database':
    case 'site':
      return inSite(ground, target.site, (site) => resolveInSite(target, site, facts, random));
    case 'workload':
      return resolveWorkload(target, ground);
    case 'link':
      return inSite(ground, target.from, () => inSite(ground, target.to, () => found([target])));
    case 'replication':
      return ground.replication.some((replication) => replication.name === target.name)
        ? found([target])
        : unknown(
            'replication',
            target.name,
            ground.replication.map((replication) => replication.name),
          );
    case 'global-load-balancer':
      return found([target]);
  }
}

function resolveInSite(
  target: On<'component' | 'node' | 'node-link' | 'pod' | 'database' | 'site'>,
  site: Site,
  facts: Facts,
  random: Random,
): Resolution {
  switch (target.on) {
    case 'component':
      return resolveComponent(target, site, facts, random);
    case 'node':
      return resolveNode(target, site, facts, random);
    case 'node-link':
      return resolveNodeLink(target, site, facts, random);
    case 'pod':
      return resolvePod(target, site, facts, random);
    case 'database':
      return hasWorkload(site, target.workload) ? found([target]) : unknownWorkload(site, target.workload);
    case 'site':
      return found([target]);
  }
}

const found = (targets: readonly ResolvedTarget[]): Resolution => ({ targets });
const none = (problem: string): Resolution => ({ targets: undefined, problem });
const unknown = (noun: string, word: string, known: readonly string[]) =>
  none(`There is no ${noun} \`${word}\`. ${knownWords('Known', word, known)}`);

function inSite(ground: Ground, name: string, then: (site: Site) => Resolution): Resolution {
  const site = ground.sites.find((candidate) => candidate.name === name);
  return site === undefined
    ? unknown(
        'site',
        name,
        ground.sites.map((candidate) => candidate.name),
      )
    : then(site);
}

const hasWorkload = (site: Site, name: string) => site.workloads.some((workload) => workload.name === name);
const unknownWorkload = (site: Site, name: string) =>
  unknown(
    `workload in ${site.name} named`,
    name,
    site.workloads.map((workload) => workload.name),
  );

function resolveWorkload(target: On<'workload'>, ground: Ground): Resolution {
  const sites = ground.sites.filter((site) => target.site === 'all' || site.name === target.site);
  if (sites.length === 0) return inSite(ground, target.site, () => none('no site'));
  const having = sites.filter((site) => hasWorkload(site, target.workload));
  if (having.length === 0) return unknownWorkload(sites[0]!, target.workload);
  return found(having.map((site) => ({ on: 'workload', site: site.name, workload: target.workload })));
}

/** Who there is to choose from. */
interface Choice {
  /** Everybody, alive or not: a quorum counts them all. */
  readonly members: readonly string[];
  readonly alive: readonly string[];
  readonly leader: string | undefined;
  /** For the problem: `etcd of east`. */
  readonly says: string;
}

const onControlPlane: ReadonlySet<Component> = new Set([
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
]);

/** The fact that says a component of a node is alive. Where there is none, its node must be. */
const aliveBy: Readonly<Partial<Record<Component, FactName>>> = { etcd: 'etcd.member', 'kube-apiserver': 'api.server' };

const leaderBy: Readonly<Partial<Record<Component, FactName>>> = {
  etcd: 'etcd.leader',
  'kube-controller-manager': 'controller.leader',
  'kube-scheduler': 'scheduler.leader',
};

function resolveComponent(target: On<'component'>, site: Site, facts: Facts, random: Random): Resolution {
  const { component } = target;
  const members = nodesOf(site, onControlPlane.has(component) ? 'control-plane' : undefined);
  const choice: Choice = {
    members,
    alive: members.filter((node) => isAlive(facts, aliveBy[component] ?? 'node.ready', site, node)),
    leader: leaderOf(facts, leaderBy[component], site),
    says: `${component} of ${site.name}`,
  };
  return picked(target.member, choice, random, (node) => ({ on: 'component', component, site: site.name, node }));
}

function resolveNode(target: On<'node'>, site: Site, facts: Facts, random: Random): Resolution {
  const { hosting } = target;
  if (hosting !== undefined && !hasWorkload(site, hosting)) return unknownWorkload(site, hosting);
  const hosts = hosting === undefined ? undefined : hostsOf(facts, site, hosting);
  const members = nodesOf(site, target.role).filter((node) => hosts === undefined || hosts.has(node));
  const says = `nodes of ${site.name}${hosting === undefined ? '' : ` that hold a ready pod of ${hosting}`}`;
  return picked(target.member, nodeChoice(members, says, site, facts), random, (node) => {
    return { on: 'node', site: site.name, node };
  });
}

function resolveNodeLink(target: On<'node-link'>, site: Site, facts: Facts, random: Random): Resolution {
  const { peer, direction } = target;
  if (peer !== undefined && !nodesOf(site, undefined).includes(peer))
    return unknown(`node in ${site.name} named`, peer, nodesOf(site, undefined));
  const choice = nodeChoice(nodesOf(site, target.role), `nodes of ${site.name}`, site, facts);
  return picked(target.member, choice, random, (node) => {
    return { on: 'node-link', site: site.name, node, ...(peer === undefined ? {} : { peer }), direction };
  });
}

function nodeChoice(members: readonly string[], says: string, site: Site, facts: Facts): Choice {
  const alive = members.filter((node) => isAlive(facts, 'node.ready', site, node));
  return { members, alive, leader: leaderOf(facts, 'etcd.leader', site), says };
}

function resolvePod(target: On<'pod'>, site: Site, facts: Facts, random: Random): Resolution {
  const { workload } = target;
  if (!hasWorkload(site, workload)) return unknownWorkload(site, workload);
  const known = [...facts.values()].filter(
    (entry) => entry.fact === 'pod.ready' && entry.subject.site === site.name && entry.subject.workload === workload,
  );
  const names = (wanted: (value: unknown) => boolean) =>
    known.filter((entry) => wanted(entry.value)).map((entry) => entry.subject.pod ?? '');
  const choice: Choice = {
    members: names((value) => value !== null),
    alive: names((value) => value === true),
    leader: undefined,
    says: `pods of ${site.name}/${workload}`,
  };
  return picked(target.member, choice, random, (pod) => ({ on: 'pod', site: site.name, workload, pod }));
}

/** Nodes that hold a ready pod of the workload, by the newest facts. */
function hostsOf(facts: Facts, site: Site, workload: string): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const { fact, subject, value } of facts.values()) {
    if (fact !== 'pod.node' || subject.site !== site.name || subject.workload !== workload) continue;
    const ready = facts.get(factKey('pod.ready', subject))?.value === true;
    if (ready && typeof value === 'string') hosts.add(value);
  }
  return hosts;
}

function nodesOf(site: Site, role: 'control-plane' | 'worker' | undefined): string[] {
  return site.nodes.filter((node) => role === undefined || node.role === role).map((node) => node.name);
}

/** A node of which nothing is known yet counts as alive. */
function isAlive(facts: Facts, fact: FactName, site: Site, node: string): boolean {
  const value = facts.get(factKey(fact, { site: site.name, node }))?.value;
  return value !== null && value !== false;
}

function leaderOf(facts: Facts, fact: FactName | undefined, site: Site): string | undefined {
  const value = fact === undefined ? undefined : facts.get(factKey(fact, { site: site.name }))?.value;
  return typeof value === 'string' ? value : undefined;
}

function picked(pick: Pick, choice: Choice, random: Random, toTarget: (name: string) => ResolvedTarget): Resolution {
  const names = namesOf(pick, choice, random);
  if (typeof names === 'string') return none(names);
  return names.length === 0 ? none(`There are no ${choice.says} to choose from`) : found(names.map(toTarget));
}

/** The chosen names, in the order of the members; or the problem. */
function namesOf(pick: Pick, choice: Choice, random: Random): readonly string[] | string {
  const { members, alive, leader, says } = choice;
  const draw = (count: number) => {
    if (alive.length < count) return `Expected ${count} of the ${says} to be alive, found ${alive.length}`;
    const drawn = random.shuffle(alive).slice(0, count);
    return members.filter((name) => drawn.includes(name));
  };
  if (typeof pick === 'object' && 'name' in pick)
    return members.includes(pick.name)
      ? [pick.name]
      : `There is no \`${pick.name}\` among the ${says}: ${members.join(', ')}`;
  if (typeof pick === 'object') return draw(pick.count);
  const quorum = Math.floor(members.length / 2) + 1;
  switch (pick) {
    case 'leader':
      return leader !== undefined && members.includes(leader) ? [leader] : `No leader is known among the ${says}`;
    case 'others':
      return leader === undefined ? `No leader is known among the ${says}` : members.filter((name) => name !== leader);
    case 'one':
      return draw(Math.min(1, members.length));
    case 'minority':
      return members.length === quorum
        ? `${members.length} of the ${says} have no minority to spare`
        : draw(members.length - quorum);
    case 'majority':
      return draw(members.length - quorum + 1);
    case 'all':
      return members;
  }
}
