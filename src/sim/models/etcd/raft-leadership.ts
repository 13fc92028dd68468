/** Raft between elections: who hears whom, when a silent leader is given up, when a leader without quorum steps down, and how far logs have come. Heartbeats are computed, never played: a steady cluster has no events (etcd-io/raft raft.go, etcd server/etcdserver/raft.go). */
import type { Ms } from '../../../base/clock.ts';
import { becomeFollower, memberOn, peerDelayMs, quorumSize, type RaftCluster, votersOf } from './raft-cluster.ts';
import { startPreVote } from './raft-election.ts';
import {
  busyMs,
  electionMs,
  nextCandidacyMs,
  type RaftMember,
  saveMs,
  setTimer,
  tickAfter,
  tickBefore,
} from './raft-member.ts';

/** Entries that a leader keeps for slow followers; who lacks more gets a snapshot. etcd server/etcdserver/server.go. */
const catchUpEntries = 5_000;
/** Entries sent with the first append: no time of its own. */
const inFlightEntries = 50;
/** ms per entry that is sent and applied; calibrate. Longer: members rejoin later. */
const entryMs = 0.1;
/** ms, sending and loading a snapshot of a small cluster (tens of MB); etcd's hardware guide: 100 MB in 15 s at 10 MB/s. Longer: learners and wiped members join later. */
const snapshotMs = { p50: 1_500, p95: 4_000 };

/** The leader reaches the member with heartbeats: an unplugged, hung or stalled leader (it saves before it ticks) is silent. */
function reaches(cluster: RaftCluster, leader: RaftMember, member: RaftMember): boolean {
  return leader.role === 'leader' && leader.fsyncMs <= electionMs(leader) && cluster.talks(leader, member);
}

/** Voters that answer this leader's heartbeats within an election time-out, itself included. */
export function activeVoters(cluster: RaftCluster, leader: RaftMember): number {
  return followersOf(cluster, leader).filter((member) => member.fsyncMs <= electionMs(member)).length + own(leader);
}

/** Voters whose log keeps up with this leader, itself included. */
function syncedVoters(cluster: RaftCluster, leader: RaftMember): readonly RaftMember[] {
  const followers = followersOf(cluster, leader).filter((member) => member.synced);
  return own(leader) === 1 ? [leader, ...followers] : followers;
}

const own = (leader: RaftMember) => (leader.membership === 'voter' ? 1 : 0);

function followersOf(cluster: RaftCluster, leader: RaftMember): readonly RaftMember[] {
  return votersOf(cluster).filter((member) => member.hearing && member.lead === leader.node);
}

/** Time from a proposal to its commit at the leader: the quorum's slowest disk and path. On a stalled disk a request first waits for half of the fsync that is under way. */
export function commitMs(cluster: RaftCluster, leader: RaftMember): number {
  const acks = syncedVoters(cluster, leader).map((member) => saveMs(member) + 2 * peerDelayMs(cluster, leader, member));
  acks.sort((a, b) => a - b);
  return Math.max(saveMs(leader), acks[quorumSize(cluster) - 1] ?? Number.POSITIVE_INFINITY);
}

/** Time in which a leader learns from a quorum that it still leads, for a linearizable read: a round of heartbeats, nothing is saved (etcd-io/raft, ReadIndex). */
export function confirmMs(cluster: RaftCluster, leader: RaftMember): number {
  const acks = syncedVoters(cluster, leader).map((member) => busyMs(member) + 2 * peerDelayMs(cluster, leader, member));
  acks.sort((a, b) => a - b);
  return Math.max(busyMs(leader), acks[quorumSize(cluster) - 1] ?? Number.POSITIVE_INFINITY);
}

/** Counts the writes since the last step and hands them to every log that keeps up. Members with slow disks trail by what their disk needs beyond the quorum's. */
export function settleLogs(cluster: RaftCluster): void {
  const now = cluster.kernel.now();
  const leader = cluster.committing;
  if (leader !== undefined && now > cluster.settledMs) {
    leader.revision += ((now - cluster.settledMs) * cluster.writesPerS) / 1_000;
    leader.currentMs = now;
    const commit = commitMs(cluster, leader);
    for (const member of cluster.members)
      if (member.hearing && member.synced && member.lead === leader.node) follow(cluster, leader, member, commit);
  }
  cluster.settledMs = now;
}

function follow(cluster: RaftCluster, leader: RaftMember, member: RaftMember, quorumMs: number): void {
  const lagMs = Math.max(0, saveMs(member) + 2 * peerDelayMs(cluster, leader, member) - quorumMs);
  member.logTerm = leader.logTerm;
  member.revision = Math.max(member.revision, leader.revision - (lagMs * cluster.writesPerS) / 1_000);
  member.currentMs = Math.max(member.currentMs, leader.currentMs - lagMs);
}

/** Sets every timer that the present state needs and drops the others. Called at the end of each step. */
export function reconcile(cluster: RaftCluster): void {
  for (const member of cluster.members) {
    if (member.hearing && (!hearsOn(cluster, member) || fallsSilent(cluster, member))) loseLeader(cluster, member);
    planContact(cluster, member);
    planElection(cluster, member);
    planQuorumCheck(cluster, member);
    cluster.termMax = Math.max(cluster.termMax, member.term);
  }
  cluster.committing = cluster.members.find(
    (member) =>
      member.role === 'leader' &&
      member.membership === 'voter' &&
      member.life === 'up' &&
      syncedVoters(cluster, member).length >= quorumSize(cluster),
  );
}

function hearsOn(cluster: RaftCluster, member: RaftMember): boolean {
  const leader = memberOn(cluster, member.lead);
  return (
    member.membership !== 'removed' &&
    leader !== undefined &&
    leader.term === member.term &&
    reaches(cluster, leader, member)
  );
}

/** The way from the leader became longer by an election time-out or more: what is sent from now on arrives after its timer. */
function fallsSilent(cluster: RaftCluster, member: RaftMember): boolean {
  const delayMs = peerDelayMs(cluster, memberOn(cluster, member.lead)!, member);
  const riseMs = delayMs - member.leadDelayMs;
  member.leadDelayMs = delayMs;
  return riseMs >= electionMs(member);
}

function loseLeader(cluster: RaftCluster, member: RaftMember): void {
  const leader = memberOn(cluster, member.lead);
  if (leader !== undefined) member.heardMs = Math.max(member.heardMs, tickBefore(leader, cluster.kernel.now()));
  member.hearing = false;
  member.synced = false;
  setTimer(member, 'sync');
}

/** What the next message between this member and a leader will bring: it follows, or the leader learns of a newer term. */
function planContact(cluster: RaftCluster, member: RaftMember): void {
  const leader = member.hearing || member.membership === 'removed' ? undefined : newestLeader(cluster, member);
  const key = leader === undefined ? undefined : `${leader.node} ${leader.term} ${member.role === 'leader'}`;
  if (key === member.contact) return;
  member.contact = key;
  if (leader === undefined) return void setTimer(member, 'contact');
  const atMs = leader.ledMs === cluster.kernel.now() ? leader.ledMs : tickAfter(leader, cluster.kernel.now());
  const arrive = () =>
    cluster.step(() => {
      member.contact = undefined;
      member.timers.delete('contact');
      if (reaches(cluster, leader, member)) contact(cluster, leader, member);
    });
  setTimer(member, 'contact', cluster.kernel.at(atMs + peerDelayMs(cluster, leader, member), arrive));
}

function newestLeader(cluster: RaftCluster, member: RaftMember): RaftMember | undefined {
  let best: RaftMember | undefined;
  for (const leader of cluster.members)
    if (leader !== member && reaches(cluster, leader, member) && leader.term > (best?.term ?? 0)) best = leader;
  return best;
}

function contact(cluster: RaftCluster, leader: RaftMember, member: RaftMember): void {
  if (member.term > leader.term) return void becomeFollower(cluster, leader, member.term, undefined);
  becomeFollower(cluster, member, leader.term, leader.node);
  member.hearing = true;
  member.leadDelayMs = peerDelayMs(cluster, leader, member);
  const waitMs = catchUpMs(cluster, leader, member);
  if (waitMs === 0) return void catchUp(leader, member);
  const done = () => cluster.step(() => member.hearing && member.lead === leader.node && catchUp(leader, member));
  setTimer(member, 'sync', cluster.kernel.after(waitMs, done));
}

function catchUp(leader: RaftMember, member: RaftMember): void {
  member.synced = true;
  member.logTerm = leader.logTerm;
  member.revision = leader.revision;
  member.currentMs = leader.currentMs;
}

function catchUpMs(cluster: RaftCluster, leader: RaftMember, member: RaftMember): Ms {
  const missing = leader.revision - member.revision;
  if (missing > catchUpEntries) return cluster.random.logNormal(snapshotMs.p50, snapshotMs.p95) + member.fsyncMs;
  return missing > inFlightEntries ? missing * entryMs + member.fsyncMs : 0;
}

/** The election timer, unless too few voters could answer: such a candidacy changes nothing and is not played. */
function planElection(cluster: RaftCluster, member: RaftMember): void {
  const waits = member.life === 'up' && member.role !== 'leader' && !member.hearing && member.membership === 'voter';
  const voters = waits ? votersOf(cluster).filter((voter) => cluster.talks(member, voter)) : [];
  if (!waits || voters.length < quorumSize(cluster)) return void setTimer(member, 'election');
  const now = cluster.kernel.now();
  const fire = () => cluster.step(() => startPreVote(cluster, member));
  setTimer(member, 'election', cluster.kernel.at(nextCandidacyMs(member, now - 1), fire));
}

/** CheckQuorum: every election time-out the leader looks back over one, and steps down when too few answered in it. */
function planQuorumCheck(cluster: RaftCluster, member: RaftMember): void {
  const leads = member.role === 'leader' && member.life === 'up';
  if (!leads || activeVoters(cluster, member) >= quorumSize(cluster)) {
    member.quietMs = undefined;
    return void setTimer(member, 'quorum');
  }
  if (member.quietMs !== undefined && member.timers.has('quorum')) return;
  member.quietMs = cluster.kernel.now();
  const stepDown = () => cluster.step(() => becomeFollower(cluster, member, member.term, undefined));
  setTimer(member, 'quorum', cluster.kernel.at(stepDownMs(member, member.quietMs), stepDown));
}

function stepDownMs(leader: RaftMember, quietMs: Ms): Ms {
  const periodMs = electionMs(leader);
  const checkedMs = leader.ledMs + Math.floor((quietMs - leader.ledMs) / periodMs) * periodMs;
  return checkedMs + (quietMs - checkedMs > leader.tickMs ? 2 : 1) * periodMs;
}
