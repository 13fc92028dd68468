/** What clients of one etcd member meet. Apart from raft because it is a reading of its state, never a change. */

import { stalledFsyncMs } from '../../host-times.ts';
import type { Etcd, EtcdAnswer } from '../../model.ts';
import { memberOn, peerDelayMs, type RaftCluster } from './raft-cluster.ts';
import { commitMs, confirmMs } from './raft-leadership.ts';
import { type RaftMember, requestTimeoutMs, saveMs } from './raft-member.ts';

/** ms of the server's own work for one write beside disk and network: etcd's op-guide/performance gives 1.6 ms for one client on SSD. Longer: every write is slower. */
const serverMs = 0.4;

/** What a client on the member's own node meets. A learner refuses writes; a commit that takes longer than the request time-out hangs. */
export function answerOf(cluster: RaftCluster, member: RaftMember): EtcdAnswer {
  const timeoutMs = requestTimeoutMs(member);
  const none = (writes: 'hangs' | 'refused', staleReads: boolean): EtcdAnswer => ({
    writes,
    staleReads,
    commitMs: timeoutMs,
    readMs: timeoutMs,
  });
  if (member.life === 'paused') return none('hangs', false);
  if (member.life !== 'up' || member.membership === 'removed') return none('refused', false);
  if (member.membership === 'learner') return none('refused', true);
  const leader = cluster.committing;
  if (leader === undefined || memberOn(cluster, member.lead) !== leader || !follows(member)) return none('hangs', true);
  const ms = writeMs(cluster, leader, member);
  if (ms >= timeoutMs) return none('hangs', true);
  return { writes: 'ok', staleReads: true, commitMs: ms, readMs: readMs(cluster, leader, member) };
}

const follows = (member: RaftMember) => member.role === 'leader' || (member.hearing && member.synced);

/** The way to the leader, its commit, and the member's own copy of the entry before it may answer. */
function writeMs(cluster: RaftCluster, leader: RaftMember, member: RaftMember): number {
  const way = member === leader ? 0 : 2 * peerDelayMs(cluster, member, leader);
  return serverMs + way + Math.max(commitMs(cluster, leader), saveMs(member));
}

/** The way to the leader, its word that it still leads, and the entries until then, which the member must have. */
function readMs(cluster: RaftCluster, leader: RaftMember, member: RaftMember): number {
  const way = member === leader ? 0 : 2 * peerDelayMs(cluster, member, leader) + saveMs(member);
  return serverMs + way + confirmMs(cluster, leader);
}

/** What `etcdctl endpoint status` says; undefined: no answer. */
export function statusOf(cluster: RaftCluster, member: RaftMember): ReturnType<Etcd['status']> {
  if (member.life !== 'up' || member.membership === 'removed') return undefined;
  return { role: roleOf(member), term: member.term, revision: Math.floor(revisionNow(cluster, member)) };
}

function roleOf(member: RaftMember): 'leader' | 'follower' | 'learner' | 'stalled' {
  if (member.fsyncMs > stalledFsyncMs) return 'stalled';
  if (member.membership === 'learner') return 'learner';
  return member.role === 'leader' ? 'leader' : 'follower';
}

function revisionNow(cluster: RaftCluster, member: RaftMember): number {
  const leader = cluster.committing;
  const keepsUp = leader !== undefined && (member === leader || (member.synced && member.lead === leader.node));
  const sinceMs = cluster.kernel.now() - cluster.settledMs;
  return member.revision + (keepsUp ? (sinceMs * cluster.writesPerS) / 1_000 : 0);
}

/** The member with the newest term that leads and answers. */
export function leaderOf(cluster: RaftCluster): RaftMember | undefined {
  let best: RaftMember | undefined;
  for (const member of cluster.members)
    if (member.role === 'leader' && member.life === 'up' && member.term > (best?.term ?? 0)) best = member;
  return best;
}

/** All original members vote, are up, keep up with one leader, and have healthy disks. */
export function isWhole(cluster: RaftCluster): boolean {
  const leader = cluster.committing;
  return (
    leader !== undefined &&
    cluster.members.every(
      (member) =>
        member.life === 'up' &&
        member.membership === 'voter' &&
        member.fsyncMs <= stalledFsyncMs &&
        (member === leader || (member.hearing && member.synced && member.lead === leader.node)),
    )
  );
}

/** All that others can see of the cluster, to tell them only of changes. */
export function fingerprint(cluster: RaftCluster): string {
  const members = cluster.members.map((member) => {
    const { writes, commitMs, readMs } = answerOf(cluster, member);
    const role = member.life === 'up' ? roleOf(member) : member.life;
    return `${role} ${member.membership} ${member.term} ${writes} ${Math.round(commitMs * 10)} ${Math.round(readMs)}`;
  });
  return `${leaderOf(cluster)?.node} ${isWhole(cluster)} ${members.join(';')}`;
}
