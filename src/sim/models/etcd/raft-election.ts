/** Raft's elections message by message: pre-vote, vote, leases that protect a leader, forced transfer. Apart from leadership because it runs only while there is no leader (etcd-io/raft raft.go). */
import {
  becomeFollower,
  drawTimeoutTicks,
  peerDelayMs,
  quorumSize,
  type RaftCluster,
  votersOf,
} from './raft-cluster.ts';
import { inLease, type RaftMember, upToDate } from './raft-member.ts';

type Ballot = 'pre-vote' | 'vote';

interface Candidacy {
  readonly ballot: Ballot;
  readonly candidate: RaftMember;
  /** The term asked for. */
  readonly term: number;
  readonly logTerm: number;
  readonly revision: number;
  /** A leader that stops asked for it: leases do not count. */
  readonly forced: boolean;
}

/** The member's election timer fired: it asks whether it could win, without touching anybody's term. */
export function startPreVote(cluster: RaftCluster, member: RaftMember): void {
  member.role = 'pre-candidate';
  member.lead = undefined;
  member.heardMs = cluster.kernel.now();
  poll(cluster, member, 'pre-vote', member.term + 1, 0, false);
}

/** The member stands for the next term. The vote for itself is on disk before it asks. */
export function startElection(cluster: RaftCluster, member: RaftMember, forced: boolean): void {
  becomeFollower(cluster, member, member.term + 1, undefined);
  member.role = 'candidate';
  member.vote = member.node;
  poll(cluster, member, 'vote', member.term, member.fsyncMs, forced);
}

function poll(cluster: RaftCluster, member: RaftMember, ballot: Ballot, term: number, waitMs: number, forced: boolean) {
  member.granted = new Set([member.node]);
  member.rejected = new Set();
  const candidacy = { ballot, candidate: member, term, logTerm: member.logTerm, revision: member.revision, forced };
  for (const voter of votersOf(cluster))
    if (voter !== member) send(cluster, member, voter, waitMs, () => onCandidacy(cluster, voter, candidacy));
  if (quorumSize(cluster) === 1) cluster.kernel.after(waitMs, () => cluster.step(() => count(cluster, candidacy)));
}

/** Delivers after the wait and the path's delay, if both still talk then. */
function send(cluster: RaftCluster, from: RaftMember, to: RaftMember, waitMs: number, receive: () => void): void {
  if (!cluster.talks(from, to)) return;
  cluster.kernel.after(waitMs + peerDelayMs(cluster, from, to), () => {
    if (cluster.talks(from, to)) cluster.step(receive);
  });
}

function onCandidacy(cluster: RaftCluster, voter: RaftMember, candidacy: Candidacy): void {
  const { candidate, ballot, term, forced } = candidacy;
  if (term > voter.term) {
    if (!forced && inLease(voter, cluster.kernel.now())) return;
    if (ballot === 'vote') becomeFollower(cluster, voter, term, undefined);
  } else if (term < voter.term) {
    if (ballot === 'pre-vote') answer(cluster, voter, candidacy, false, 0);
    return;
  }
  const free = voter.vote === candidate.node || (voter.vote === undefined && voter.lead === undefined);
  const granted = (free || (ballot === 'pre-vote' && term > voter.term)) && upToDate(candidacy, voter);
  if (granted && ballot === 'vote') {
    voter.vote = candidate.node;
    voter.heardMs = cluster.kernel.now();
  }
  answer(cluster, voter, candidacy, granted, granted && ballot === 'vote' ? voter.fsyncMs : 0);
}

function answer(cluster: RaftCluster, voter: RaftMember, candidacy: Candidacy, granted: boolean, waitMs: number) {
  const voterTerm = voter.term;
  send(cluster, voter, candidacy.candidate, waitMs, () => {
    const { candidate } = candidacy;
    if (!granted && voterTerm > candidate.term) {
      becomeFollower(cluster, candidate, voterTerm, undefined);
      return;
    }
    (granted ? candidate.granted : candidate.rejected).add(voter.node);
    count(cluster, candidacy);
  });
}

function count(cluster: RaftCluster, candidacy: Candidacy): void {
  const { candidate, ballot, term } = candidacy;
  const current =
    ballot === 'vote'
      ? candidate.role === 'candidate' && candidate.term === term
      : candidate.role === 'pre-candidate' && candidate.term + 1 === term;
  if (!current || candidate.life !== 'up') return;
  const counts = (votes: ReadonlySet<string>) => votersOf(cluster).filter((voter) => votes.has(voter.node)).length;
  const quorum = quorumSize(cluster);
  if (counts(candidate.granted) >= quorum) {
    if (ballot === 'pre-vote') startElection(cluster, candidate, false);
    else becomeLeader(cluster, candidate);
  } else if (counts(candidate.rejected) > votersOf(cluster).length - quorum)
    becomeFollower(cluster, candidate, candidate.term, undefined);
}

function becomeLeader(cluster: RaftCluster, member: RaftMember): void {
  member.role = 'leader';
  member.lead = member.node;
  member.logTerm = member.term;
  member.ledMs = cluster.kernel.now();
  member.quietMs = undefined;
  member.timeoutTicks = drawTimeoutTicks(cluster, member);
}
