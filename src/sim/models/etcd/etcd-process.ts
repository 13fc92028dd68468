/** The etcd process of one member: starts, hangs, dies, or refuses to start because of its data. Apart from raft, which only sees members that are up. */
import type { Machines } from '../../model.ts';
import { becomeFollower, type RaftCluster, votersOf } from './raft-cluster.ts';
import { type RaftMember, setTimer } from './raft-member.ts';

/** ms, reading the log and the database of a small cluster until the member answers; calibrate. Longer: restarted members return later. */
const loadMs = { p50: 700, p95: 1_800 };
/** ms until a member without usable data gives up: it finds an empty folder, or that it was removed. Longer: no visible effect. */
const refuseMs = 300;
/** Ticks left of the first time-out of a process that has met at least two peers (initial-election-tick-advance), and of a single member. etcd server/etcdserver/server.go adjustTicks. More: a restarted cluster elects later. */
const ticksLeft = { peers: 2, alone: 1 };
/** ms, how long it looks out for those peers (ConnReadTimeout). Same source. */
const advanceWithinMs = 5_000;
const peersForAdvance = 2;

/** Takes over what became of the member's process. To be called within a step. */
export function followProcess(cluster: RaftCluster, member: RaftMember, machines: Machines): void {
  const state = machines.process(member.node, 'etcd');
  const pid = machines.identity(member.node, 'etcd')?.pid;
  if (pid === undefined || pid !== member.pid) {
    if (member.life !== 'down') die(member);
    member.pid = pid;
    if (pid === undefined) return;
    member.life = 'starting';
    load(cluster, member, machines);
  }
  if (state === 'running' && member.life === 'starting' && member.loadDue) endLoading(cluster, member, machines);
  if (state === 'paused' && member.life === 'up') pause(cluster, member);
  else if (state === 'running' && member.life === 'paused') resume(cluster, member);
}

function die(member: RaftMember): void {
  member.life = 'down';
  member.role = 'follower';
  member.lead = undefined;
  member.hearing = false;
  member.synced = false;
  member.loadDue = false;
  setTimer(member, 'start');
  setTimer(member, 'sync');
}

function load(cluster: RaftCluster, member: RaftMember, machines: Machines): void {
  const usable = member.data === 'kept' && member.membership !== 'removed';
  const waitMs = usable ? cluster.random.logNormal(loadMs.p50, loadMs.p95) : refuseMs;
  const loaded = () => {
    member.loadDue = machines.process(member.node, 'etcd') === 'paused';
    if (!member.loadDue) endLoading(cluster, member, machines);
  };
  setTimer(member, 'start', cluster.kernel.after(waitMs, loaded));
}

function endLoading(cluster: RaftCluster, member: RaftMember, machines: Machines): void {
  member.loadDue = false;
  if (member.data === 'kept' && member.membership !== 'removed') cluster.step(() => comeUp(cluster, member));
  else machines.exit(member.node, 'etcd');
}

function comeUp(cluster: RaftCluster, member: RaftMember): void {
  member.life = 'up';
  becomeFollower(cluster, member, member.term, undefined);
  member.advanceUntilMs = cluster.kernel.now() + advanceWithinMs;
  if (votersOf(cluster).length === 1) advance(member, ticksLeft.alone);
}

/** Shortens the first election time-out of a fresh process once it has met its peers. To be called within a step. */
export function advanceFresh(cluster: RaftCluster, member: RaftMember): void {
  if (member.life !== 'up' || cluster.kernel.now() >= member.advanceUntilMs) return;
  const peers = cluster.members.filter((peer) => peer !== member && cluster.talks(member, peer));
  if (peers.length >= peersForAdvance) advance(member, ticksLeft.peers);
}

function advance(member: RaftMember, left: number): void {
  member.advanceUntilMs = 0;
  if (!member.hearing && member.role === 'follower') member.heardMs -= (member.electionTicks - left) * member.tickMs;
}

function pause(cluster: RaftCluster, member: RaftMember): void {
  member.life = 'paused';
  member.pausedMs = cluster.kernel.now();
}

/** Its ticks stood still meanwhile. */
function resume(cluster: RaftCluster, member: RaftMember): void {
  member.life = 'up';
  member.heardMs += cluster.kernel.now() - member.pausedMs;
  member.ledMs += cluster.kernel.now() - member.pausedMs;
}
