/** Polls the status of every etcd member of a site ten times a second and tells what follows from the answers. */
import type { SecureContext } from 'node:tls';
import type { Ms } from '../../../base/clock.ts';
import type { Stop } from '../../../domain/event.ts';
import { type Machine, nodeOf, type SiteGround } from '../ground.ts';
import type { KindWorld } from '../world.ts';
import { createEtcdClient, type EtcdClient, type GatewayMembers, type GatewayStatus } from './etcd-client.ts';
import { readEtcdContext } from './etcd-context.ts';
import { type EtcdSight, etcdFacts, type ListedMember, leaderOf, type MemberAnswer } from './etcd-facts.ts';
import { createLeaderTeller } from './etcd-leader.ts';
import { every } from './every.ts';
import type { Teller } from './teller.ts';

/** Period of the status of each member, ms. */
const statusMs = 100;
/** Period of the list of members, ms. */
const listMs = 1_000;
/** What was committed this long ago must have arrived everywhere, ms. */
const settleMs = 1_000;

interface Asked {
  readonly machine: Machine;
  readonly client: EtcdClient;
  pending: boolean;
  /** It was asked at least once. */
  known: boolean;
  answer: MemberAnswer | undefined;
}

/** Polls from now on, once the certificates are read. */
export function pollEtcd(world: KindWorld, site: SiteGround, teller: Teller, signal: AbortSignal): Stop {
  const ended = new AbortController();
  let stopPolling: Stop = () => {};
  const either = AbortSignal.any([signal, ended.signal]);
  void readEtcdContext(world.engine, controlPlanes(site), either).then((context) => {
    if (!either.aborted && context !== undefined) stopPolling = startPolling(world, site, teller, context);
  });
  return () => {
    ended.abort();
    stopPolling();
  };
}

function startPolling(world: KindWorld, site: SiteGround, teller: Teller, context: SecureContext): Stop {
  const { clock } = world;
  const members: Asked[] = controlPlanes(site).map((machine) => ({
    machine,
    client: createEtcdClient(machine.address, context),
    pending: false,
    known: false,
    answer: undefined,
  }));
  const settled = createSettled();
  let list: readonly ListedMember[] = [];
  const leaders = createLeaderTeller(world, site, controlPlanes(site), teller);

  const sight = (): EtcdSight => ({
    site: site.name,
    nodes: members.map(({ machine }) => machine.node),
    answers: new Map(members.flatMap(({ machine, answer }) => (answer ? [[machine.node, answer] as const] : []))),
    list,
  });
  const look = (atMs: Ms) => {
    if (members.some(({ known }) => !known)) return;
    const now = sight();
    if (now.list.length > 0) teller.tell(etcdFacts(now), atMs);
    const leader = leaderOf(now);
    leaders.tell(leader, leader === undefined ? 0 : now.answers.get(leader)!.term, atMs);
  };
  const ask = async (member: Asked) => {
    if (member.pending) return;
    member.pending = true;
    const askedMs = clock.now();
    const status = await member.client.status();
    const nowMs = clock.now();
    member.pending = false;
    member.known = true;
    member.answer = 'silent' in status ? undefined : answerOf(status, member.answer, settled, nowMs);
    // What timed out was silent from when it was asked.
    look('silent' in status && status.silent ? askedMs : nowMs);
  };
  const askList = async () => {
    const leader = leaderOf(sight());
    const member = members.find(({ machine }) => machine.node === leader) ?? members.find(({ answer }) => answer);
    if (member === undefined) return;
    const found = await member.client.members();
    if (!('silent' in found)) list = listOf(found, world, site);
  };
  const stops = [
    ...members.map((member, i) => every(clock, statusMs, (i * statusMs) / members.length, () => void ask(member))),
    leaders.stop,
    every(clock, listMs, 0, () => void askList()),
  ];
  return () => {
    for (const stop of stops) stop();
    for (const { client } of members) client.close();
  };
}

/** Remembers how far the cluster had come a second ago. */
interface Settled {
  /** Notes an index that was committed at `nowMs`; gives the highest that was a second before. */
  take(index: number, nowMs: Ms): number;
}

function createSettled(): Settled {
  const notes: { readonly atMs: Ms; readonly index: number }[] = [];
  let settledIndex = 0;
  return {
    take: (index, nowMs) => {
      notes.push({ atMs: nowMs, index });
      while (notes.length > 0 && nowMs - notes[0]!.atMs >= settleMs)
        settledIndex = Math.max(settledIndex, notes.shift()!.index);
      return settledIndex;
    },
  };
}

function answerOf(status: GatewayStatus, before: MemberAnswer | undefined, settled: Settled, nowMs: Ms): MemberAnswer {
  const applied = Number(status.raftAppliedIndex ?? 0);
  const committed = Number(status.raftIndex ?? 0);
  return {
    memberId: status.header.member_id,
    leaderId: status.leader ?? '0',
    term: Number(status.raftTerm ?? 0),
    committed,
    applied,
    learner: status.isLearner === true,
    answeredMs: nowMs,
    appliedSinceMs: before?.applied === applied ? before.appliedSinceMs : nowMs,
    settledIndex: settled.take(committed, nowMs),
  };
}

function listOf({ members = [] }: GatewayMembers, { ground }: KindWorld, site: SiteGround): readonly ListedMember[] {
  return members.map(({ ID, name = '', peerURLs = [], isLearner }) => {
    // One that has been added and not started yet has no name.
    const machine = site.machines.find(({ address }) => peerURLs.some((url) => url.includes(`//${address}:`)));
    return { id: ID, node: nodeOf(ground, name) ?? machine?.node, learner: isLearner === true };
  });
}

function controlPlanes(site: SiteGround): readonly Machine[] {
  return site.machines.filter(({ role }) => role === 'control-plane');
}
