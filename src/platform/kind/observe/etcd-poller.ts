/** Polls the status of every etcd member of a site ten times a second and tells what follows from the answers. */
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Ms } from '../../../base/clock.ts';
import type { Stop } from '../../../domain/event.ts';
import { type Machine, nodeOf, type SiteGround } from '../ground.ts';
import type { KindWorld } from '../world.ts';
import { becameLeaderMs, electionCommand } from './election-log.ts';
import { createEtcdClient, type EtcdClient, type GatewayMembers, type GatewayStatus } from './etcd-client.ts';
import { type EtcdSight, etcdFacts, type ListedMember, leaderOf, type MemberAnswer } from './etcd-facts.ts';
import { every } from './every.ts';
import type { Teller } from './teller.ts';

/** Period of the status of each member, ms. */
const statusMs = 100;
/** Period of the list of members, ms. */
const listMs = 1_000;
/** How long a log may take to say when an election was, ms; after it the poll's own time counts. */
const logLimitMs = 2_000;
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
  const stops: Stop[] = [];
  let stopped = false;
  const stop = () => {
    stopped = true;
    for (const each of stops.splice(0)) each();
  };
  void readContext(world, site, signal).then((context) => {
    if (!stopped && context !== undefined) stops.push(startPolling(world, site, teller, context));
  });
  return stop;
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
  const history: { readonly atMs: Ms; readonly index: number }[] = [];
  let list: readonly ListedMember[] = [];
  let settledIndex = 0;
  const tellLeader = createLeaderTeller(world, site, teller);

  const sight = (nowMs: Ms): EtcdSight => ({
    site: site.name,
    nodes: members.map(({ machine }) => machine.node),
    answers: new Map(members.flatMap(({ machine, answer }) => (answer ? [[machine.node, answer] as const] : []))),
    list,
    settledIndex,
    nowMs,
  });
  const settle = (nowMs: Ms) => {
    const index = Math.max(0, ...members.map(({ answer }) => answer?.committed ?? 0));
    history.push({ atMs: nowMs, index });
    while (history.length > 0 && nowMs - history[0]!.atMs >= settleMs) settledIndex = history.shift()!.index;
  };
  const look = (atMs: Ms) => {
    if (members.some(({ known }) => !known)) return;
    const now = sight(clock.now());
    if (now.list.length > 0) teller.tell(etcdFacts(now), atMs);
    const leader = leaderOf(now);
    tellLeader(leader, leader === undefined ? 0 : now.answers.get(leader)!.term, atMs);
  };
  const ask = async (member: Asked) => {
    if (member.pending) return;
    member.pending = true;
    const askedMs = clock.now();
    const status = await member.client.status();
    const nowMs = clock.now();
    member.pending = false;
    member.known = true;
    member.answer = 'silent' in status ? undefined : answerOf(status, member.answer, nowMs);
    // What timed out was silent from when it was asked.
    look('silent' in status && status.silent ? askedMs : nowMs);
  };
  const askList = async () => {
    const leader = leaderOf(sight(clock.now()));
    const member = members.find(({ machine }) => machine.node === leader) ?? members.find(({ answer }) => answer);
    if (member === undefined) return;
    const found = await member.client.members();
    if (!('silent' in found)) list = listOf(found, world, site);
  };
  const stops = [
    ...members.map((member, i) => every(clock, statusMs, (i * statusMs) / members.length, () => void ask(member))),
    every(clock, statusMs, statusMs - 1, () => settle(clock.now())),
    every(clock, listMs, 0, () => void askList()),
  ];
  return () => {
    for (const stop of stops) stop();
    for (const { client } of members) client.close();
  };
}

/** A new leader is told with the time of its log, whatever is told meanwhile waits its turn. */
function createLeaderTeller(world: KindWorld, site: SiteGround, teller: Teller) {
  let shown = 'nobody yet';
  let queue = Promise.resolve();
  return (leader: string | undefined, term: number, atMs: Ms) => {
    const now = `${leader} ${term}`;
    if (now === shown) return;
    const first = shown === 'nobody yet';
    shown = now;
    const subject = { site: site.name };
    queue = queue.then(async () => {
      const elected = leader === undefined || first ? undefined : await electedMs(world, leader, term);
      teller.tell([{ fact: 'etcd.leader', subject, value: leader ?? null }], Math.min(elected ?? atMs, atMs));
    });
  };
}

async function electedMs({ ground, engine, clock }: KindWorld, leader: string, term: number): Promise<Ms | undefined> {
  const machine = ground.sites.flatMap(({ machines }) => machines).find(({ node }) => node === leader);
  if (machine === undefined) return undefined;
  const log = await engine.exec(machine.container, electionCommand, { limitMs: logLimitMs }).catch(() => undefined);
  const wallMs = log === undefined ? undefined : becameLeaderMs(log.stdout, term);
  return wallMs === undefined ? undefined : wallMs - clock.epochMs;
}

function answerOf(status: GatewayStatus, before: MemberAnswer | undefined, nowMs: Ms): MemberAnswer {
  const applied = Number(status.raftAppliedIndex ?? 0);
  return {
    memberId: status.header.member_id,
    leaderId: status.leader ?? '0',
    term: Number(status.raftTerm ?? 0),
    committed: Number(status.raftIndex ?? 0),
    applied,
    learner: status.isLearner === true,
    appliedSinceMs: before?.applied === applied ? before.appliedSinceMs : nowMs,
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

const certificates = '/etc/kubernetes/pki';
const certificateCommand = [
  'cat',
  `${certificates}/etcd/ca.crt`,
  `${certificates}/apiserver-etcd-client.crt`,
  `${certificates}/apiserver-etcd-client.key`,
];
/** How often reading the certificates is tried again, ms. */
const retryMs = 1_000;

/** The client's certificate as kubeadm made it, from the first control plane that can be asked. Undefined when aborted first. */
async function readContext(
  { engine }: KindWorld,
  site: SiteGround,
  signal: AbortSignal,
): Promise<SecureContext | undefined> {
  while (!signal.aborted) {
    for (const { container } of controlPlanes(site)) {
      const read = await engine.exec(container, certificateCommand, { limitMs: 5_000 }).catch(() => undefined);
      const blocks = read?.stdout.match(/-----BEGIN [^-]+-----[\s\S]+?-----END [^-]+-----/g) ?? [];
      if (blocks.length === 3) return createSecureContext({ ca: blocks[0]!, cert: blocks[1]!, key: blocks[2]! });
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
  return undefined;
}
