/** One etcd cluster per site, a member on every control plane. Puts raft, processes, membership and answers together behind the model's interface. */
import type { Site } from '../../domain/topology.ts';
import { type HostTimes, idleHost } from '../host-times.ts';
import { createSignal, type Kernel } from '../kernel.ts';
import type { Etcd, EtcdAnswer, Machines, Network, NodeName, SiteName } from '../model.ts';
import { answerOf, fingerprint, isWhole, leaderOf, statusOf } from './etcd/etcd-answer.ts';
import {
  addLearner,
  hasQuorum,
  planPromotion,
  removeMember,
  restoreCluster,
  type Snapshot,
  takeSnapshot,
  wipeMember,
} from './etcd/etcd-membership.ts';
import { advanceFresh, followProcess } from './etcd/etcd-process.ts';
import { createPeerLinks } from './etcd/peer-links.ts';
import { drawTimeoutTicks, type RaftCluster } from './etcd/raft-cluster.ts';
import { reconcile, settleLogs } from './etcd/raft-leadership.ts';
import { createRaftMember, defaultTiming, type RaftMember } from './etcd/raft-member.ts';

/** Lease renewals of one kubelet per second (kubelet: every 10 s). More: lagging members miss more. */
const writesPerNodeS = 0.1;
/** Writes per second of leader leases, events and endpoints of an idle cluster; calibrate. */
const writesOwnS = 2;

interface SiteEtcd {
  readonly cluster: RaftCluster;
  readonly byNode: ReadonlyMap<NodeName, RaftMember>;
  /** What a client on the member's node meets; kept until the cluster changes. */
  answer(member: RaftMember): EtcdAnswer;
  snapshot: Snapshot | undefined;
}

/** All clusters whole at time 0, each led by a member that the seed draws. Nodes that are no control plane, and sites that do not exist, throw a RangeError. */
export function createEtcd(
  kernel: Kernel,
  sites: readonly Site[],
  deps: { machines: Machines; network: Network },
  host: HostTimes = idleHost,
): Etcd {
  const changed: Etcd['changed'] = createSignal();
  const restored: Etcd['restored'] = createSignal();
  const bySite = new Map<SiteName, SiteEtcd>();
  const siteOf = new Map<NodeName, SiteEtcd>();
  for (const site of sites) {
    const etcd = createSiteEtcd(kernel, site, deps, host, () => changed.emit({ site: site.name }));
    bySite.set(site.name, etcd);
    for (const member of etcd.cluster.members) siteOf.set(member.node, etcd);
  }
  const find = (site: SiteName): SiteEtcd => {
    const etcd = bySite.get(site);
    if (etcd === undefined) throw new RangeError(`Expected a site of the topology, got "${site}"`);
    return etcd;
  };
  const locate = (node: NodeName): [SiteEtcd, RaftMember] => {
    const etcd = siteOf.get(node);
    const member = etcd?.byNode.get(node);
    if (etcd === undefined || member === undefined) throw new RangeError(`Expected a control plane, got "${node}"`);
    return [etcd, member];
  };
  deps.machines.changed.on(({ node, component }) => {
    const etcd = siteOf.get(node);
    if (etcd === undefined || (component !== undefined && component !== 'etcd')) return;
    etcd.cluster.step(() => followProcess(etcd.cluster, etcd.byNode.get(node)!, deps.machines));
  });
  deps.network.changed.on(() => {
    for (const etcd of bySite.values()) etcd.cluster.step(() => undefined);
  });
  const setDisk = (node: NodeName, fsyncMs: number) => {
    const [{ cluster }, member] = locate(node);
    cluster.step(() => {
      member.fsyncMs = fsyncMs;
    });
  };
  const restore = (site: SiteName) => {
    const { cluster, snapshot } = find(site);
    if (snapshot === undefined) return false;
    restoreCluster(cluster, snapshot, deps.machines, () => restored.emit({ site, snapshotMs: snapshot.atMs }));
    return true;
  };

  return {
    changed,
    restored,
    leader: (site) => leaderOf(find(site).cluster)?.node,
    term: (site) => find(site).cluster.termMax,
    members: (site) =>
      find(site)
        .cluster.members.filter((member) => member.membership !== 'removed')
        .map((member) => member.node),
    status: (node) => {
      const [{ cluster }, member] = locate(node);
      return statusOf(cluster, member);
    },
    hasQuorum: (site) => hasQuorum(find(site).cluster),
    whole: (site) => isWhole(find(site).cluster),
    answer: (node) => {
      const [etcd, member] = locate(node);
      return etcd.answer(member);
    },
    stallDisk: (node, fsyncMs) => setDisk(node, Math.max(host.fsyncMs, fsyncMs)),
    fsyncMs: (node) => locate(node)[1].fsyncMs,
    restoreDisk: (node) => setDisk(node, host.fsyncMs),
    snapshot: (site) => {
      const etcd = find(site);
      etcd.cluster.step(() => undefined);
      const snapshot = takeSnapshot(etcd.cluster);
      if (snapshot === undefined) return false;
      etcd.snapshot = snapshot;
      changed.emit({ site });
      return true;
    },
    hasSnapshot: (site) => find(site).snapshot !== undefined,
    wipe: (node) => {
      const [{ cluster }, member] = locate(node);
      wipeMember(cluster, member, deps.machines);
    },
    restore,
    remove: (node) => {
      const [{ cluster }, member] = locate(node);
      return removeMember(cluster, member, deps.machines);
    },
    addLearner: (node) => {
      const [{ cluster }, member] = locate(node);
      return addLearner(cluster, member, deps.machines);
    },
  };
}

function createSiteEtcd(
  kernel: Kernel,
  site: Site,
  deps: { machines: Machines; network: Network },
  host: HostTimes,
  tell: () => void,
): SiteEtcd {
  const random = kernel.random(`etcd/${site.name}`);
  const timing = site.etcd ?? defaultTiming;
  const members = site.nodes
    .filter((node) => node.role === 'control-plane')
    .map((node) => createRaftMember(node.name, random.int(0, timing.heartbeatMs - 1), timing, host.fsyncMs));
  for (const member of members) member.pid = deps.machines.identity(member.node, 'etcd')?.pid;
  const links = createPeerLinks(kernel, members, deps.network, `etcd-links/${site.name}`, () =>
    cluster.step(() => undefined),
  );
  let depth = 0;
  let told = '';
  const answers = new Map<RaftMember, EtcdAnswer>();
  const answer = (member: RaftMember): EtcdAnswer => {
    const kept = depth === 0 ? answers.get(member) : undefined;
    if (kept !== undefined) return kept;
    const found = answerOf(cluster, member);
    if (depth === 0) answers.set(member, found);
    return found;
  };
  const cluster: RaftCluster = {
    site: site.name,
    kernel,
    random,
    network: deps.network,
    members,
    writesPerS: writesOwnS + site.nodes.length * writesPerNodeS,
    committing: undefined,
    settledMs: 0,
    termMax: 0,
    talks: links.talks,
    talksSinceMs: links.sinceMs,
    step: (act) => {
      if (depth > 0) return act();
      depth++;
      settleLogs(cluster);
      act();
      links.update();
      for (const member of members) advanceFresh(cluster, member);
      reconcile(cluster);
      for (const member of members) planPromotion(cluster, member);
      depth--;
      answers.clear();
      const print = fingerprint(cluster);
      if (print !== told) tell();
      told = print;
    },
  };
  elect(cluster);
  told = fingerprint(cluster);
  const byNode = new Map(members.map((member) => [member.node, member]));
  return { cluster, byNode, answer, snapshot: undefined };
}

/** The state after provisioning: a leader, and everybody hears it. */
function elect(cluster: RaftCluster): void {
  if (cluster.members.length === 0) return;
  const leader = cluster.random.pick(cluster.members);
  for (const member of cluster.members) {
    member.lead = leader.node;
    member.role = member === leader ? 'leader' : 'follower';
    member.hearing = member.synced = member !== leader;
    member.vote = leader.node;
    member.timeoutTicks = drawTimeoutTicks(cluster, member);
  }
  reconcile(cluster);
}
