/** What the answers of etcd's members say about their cluster. Pure: members are asked elsewhere. */
import type { Ms } from '../../../base/clock.ts';
import type { Reading } from './teller.ts';

/** The newest answer of a member. Ids are text: they are 64 bit. */
export interface MemberAnswer {
  readonly memberId: string;
  /** `0`: it knows of none. */
  readonly leaderId: string;
  readonly term: number;
  /** Raft index up to which it knows entries to be committed, and up to which it has applied them. */
  readonly committed: number;
  readonly applied: number;
  readonly learner: boolean;
  /** When this came, and since when `applied` has been what it is. */
  readonly answeredMs: Ms;
  readonly appliedSinceMs: Ms;
  /** The highest index that any member knew to be committed a second before. */
  readonly settledIndex: number;
}

/** One entry of etcd's own list of members. */
export interface ListedMember {
  readonly id: string;
  /** The topology's name of its node; undefined for a stranger. */
  readonly node: string | undefined;
  readonly learner: boolean;
}

/** Everything that is known at one instant. */
export interface EtcdSight {
  readonly site: string;
  /** Names of the control planes, each of which should have a member. */
  readonly nodes: readonly string[];
  /** By node; absent: it does not answer. */
  readonly answers: ReadonlyMap<string, MemberAnswer>;
  /** As the leader, or else any member, listed it last. */
  readonly list: readonly ListedMember[];
}

/** A member that has applied nothing for this long, and lacks what others had a second ago, is stalled, ms. Shorter would take a busy member for one. */
const stillMsMin = 500;

/** Every fact but the leader, whose stamp comes from etcd's log. */
export function etcdFacts(sight: EtcdSight): readonly Reading[] {
  const { site, nodes } = sight;
  const leader = leaderOf(sight);
  return [
    ...nodes.map((node) => memberFact(sight, node)),
    { fact: 'etcd.quorum', subject: { site }, value: hasQuorum(sight, leader) },
    { fact: 'etcd.whole', subject: { site }, value: isWhole(sight, leader) },
  ];
}

/** The node of the member that leads in the newest term; undefined: nobody does. */
export function leaderOf({ answers }: EtcdSight): string | undefined {
  let leader: string | undefined;
  let term = 0;
  for (const [node, answer] of answers)
    if (answer.leaderId === answer.memberId && answer.term > term) {
      leader = node;
      term = answer.term;
    }
  return leader;
}

function memberFact(sight: EtcdSight, node: string): Reading {
  const answer = sight.answers.get(node);
  const fact = { fact: 'etcd.member', subject: { site: sight.site, node } } as const;
  if (answer === undefined) return { ...fact, value: null };
  if (isStalled(answer)) return { ...fact, value: 'stalled', atMs: answer.appliedSinceMs };
  if (answer.learner) return { ...fact, value: 'learner' };
  return { ...fact, value: answer.leaderId === answer.memberId ? 'leader' : 'follower' };
}

/** It answers and knows a leader, and yet nothing comes to its disk any more. One without a leader is cut off, which is something else. By its own answers alone: one that is late to answer is no witness against itself. */
function isStalled(answer: MemberAnswer): boolean {
  const stillMs = answer.answeredMs - answer.appliedSinceMs;
  return answer.leaderId !== '0' && isBehind(answer) && stillMs >= stillMsMin;
}

function isBehind({ applied, settledIndex }: MemberAnswer): boolean {
  return applied < settledIndex;
}

/** Answers that follow the leader, of members that vote. */
function following({ answers, list }: EtcdSight, leader: string): number {
  const leaderId = answers.get(leader)?.memberId;
  return list.filter(({ learner, node }) => {
    const answer = node === undefined ? undefined : answers.get(node);
    return !learner && answer !== undefined && answer.leaderId === leaderId;
  }).length;
}

function hasQuorum(sight: EtcdSight, leader: string | undefined): boolean {
  if (leader === undefined) return false;
  const voters = sight.list.filter(({ learner }) => !learner).length;
  return voters > 0 && following(sight, leader) >= Math.floor(voters / 2) + 1;
}

function isWhole(sight: EtcdSight, leader: string | undefined): boolean {
  const { nodes, answers, list } = sight;
  if (leader === undefined || list.length !== nodes.length) return false;
  const leaderId = answers.get(leader)?.memberId;
  return nodes.every((node) => {
    const answer = answers.get(node);
    const listed = list.find((member) => member.node === node);
    if (answer === undefined || listed === undefined || listed.learner || listed.id !== answer.memberId) return false;
    return answer.leaderId === leaderId && !isBehind(answer);
  });
}
