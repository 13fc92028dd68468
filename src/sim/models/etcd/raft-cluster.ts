/** What the parts of one etcd cluster share: its members, who talks to whom, and the step in which every change is made. Apart so that election, leadership and membership need not know each other's insides. */
import type { Ms } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import type { Kernel } from '../../kernel.ts';
import type { Network, NodeName, SiteName } from '../../model.ts';
import { quorumOf, type RaftMember } from './raft-member.ts';

/** One etcd cluster. */
export interface RaftCluster {
  readonly site: SiteName;
  readonly kernel: Kernel;
  readonly random: Random;
  readonly network: Network;
  /** Every original member, in node order, whatever became of it. */
  readonly members: readonly RaftMember[];
  /** API writes per second of an idle cluster. */
  readonly writesPerS: number;
  /** The leader whose writes commit; set by {@link RaftCluster.step}. */
  committing: RaftMember | undefined;
  /** Until when revisions have been counted. */
  settledMs: Ms;
  /** The highest term any member has had. */
  termMax: number;
  talks(a: RaftMember, b: RaftMember): boolean;
  /** Since when two members have been connected, ms; undefined: they are not. */
  talksSinceMs(a: RaftMember, b: RaftMember): Ms | undefined;
  /** Makes a change: counts the writes until now, runs `act`, then lets everything that depends on it follow, and tells of it. Steps do not nest: one inside another is part of it. */
  step(act: () => void): void;
}

/** Members that vote. */
export function votersOf(cluster: RaftCluster): readonly RaftMember[] {
  return cluster.members.filter((member) => member.membership === 'voter');
}

/** How many votes make a majority now. */
export function quorumSize(cluster: RaftCluster): number {
  return quorumOf(votersOf(cluster).length);
}

/** The member on this node, if it is one of the cluster's. */
export function memberOn(cluster: RaftCluster, node: NodeName | undefined): RaftMember | undefined {
  return cluster.members.find((member) => member.node === node);
}

/** One-way delay between two members, ms. */
export function peerDelayMs(cluster: RaftCluster, from: RaftMember, to: RaftMember): number {
  return cluster.network.delayMs({ node: from.node }, { node: to.node });
}

/** 10 to 19 ticks by default, as raft.go resetRandomizedElectionTimeout. */
export function drawTimeoutTicks(cluster: RaftCluster, { electionTicks }: RaftMember): number {
  return electionTicks + cluster.random.int(0, electionTicks - 1);
}

/** raft's becomeFollower: a new term forgets the vote, and the election timer starts anew. */
export function becomeFollower(
  cluster: RaftCluster,
  member: RaftMember,
  term: number,
  lead: NodeName | undefined,
): void {
  if (term > member.term) {
    member.term = term;
    member.vote = undefined;
  }
  member.role = 'follower';
  member.lead = lead;
  member.hearing = false;
  member.synced = false;
  member.quietMs = undefined;
  member.heardMs = cluster.kernel.now();
  member.timeoutTicks = drawTimeoutTicks(cluster, member);
}
