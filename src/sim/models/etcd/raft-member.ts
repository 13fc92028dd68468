/** One member of an etcd cluster: what it keeps on disk, what it knows, and its tick arithmetic. Apart because elections, membership and answers all speak of members. */
import type { Cancel, Ms } from '../../../base/clock.ts';
import type { EtcdTiming } from '../../../domain/topology.ts';
import { idleHost, stalledFsyncMs } from '../../host-times.ts';
import type { NodeName } from '../../model.ts';

/** ms, etcd server/embed/config.go TickMs and ElectionMs; kubeadm and kind leave them. Longer: every election takes proportionally longer. */
export const defaultTiming: EtcdTiming = { heartbeatMs: 100, electionMs: 1_000 };
/** ms, 5 s + 2 × election time-out, etcd server/config/config.go ReqTimeout. Longer: requests caught by a lost leader hang longer. */
const requestBaseMs = 5_000;

/** `paused` keeps its sockets and memory; `starting` reads its data and does not answer yet. */
export type Life = 'down' | 'starting' | 'up' | 'paused';

/** Raft's roles; what is not a leader and not a candidate follows. */
export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** Mutable inside the etcd model only. */
export interface RaftMember {
  readonly node: NodeName;
  /** Its heartbeat-interval. */
  readonly tickMs: Ms;
  /** Its election-timeout: the lease in which a voter ignores other candidates, and the least wait before a candidacy. */
  readonly electionTicks: number;
  /** Offset of its ticks within `tickMs`. */
  readonly phaseMs: Ms;
  // On disk.
  term: number;
  vote: NodeName | undefined;
  logTerm: number;
  revision: number;
  /** Until when it has seen everything that was committed. */
  currentMs: Ms;
  membership: 'voter' | 'learner' | 'removed';
  data: 'kept' | 'none';
  /** Time of one fsync. */
  fsyncMs: number;
  // The process.
  life: Life;
  pid: number | undefined;
  pausedMs: Ms;
  /** It finished loading while it was paused. */
  loadDue: boolean;
  /** Before this a fresh process may shorten its first election time-out. */
  advanceUntilMs: Ms;
  // In memory.
  role: Role;
  lead: NodeName | undefined;
  /** The election timer was last reset then; meaningless while hearing. */
  heardMs: Ms;
  timeoutTicks: number;
  /** Heartbeats of `lead` arrive. */
  hearing: boolean;
  /** The contact that is on its way: leader and term. */
  contact: string | undefined;
  /** One-way delay of the heartbeats that it hears, ms. */
  leadDelayMs: number;
  /** Its log keeps up with the leader it hears. */
  synced: boolean;
  /** Leader: since when too few answer; undefined while a quorum does. */
  quietMs: Ms | undefined;
  /** Leader: since when it leads. */
  ledMs: Ms;
  granted: Set<NodeName>;
  rejected: Set<NodeName>;
  timers: Map<'start' | 'election' | 'quorum' | 'contact' | 'sync' | 'promote', Cancel>;
}

/** A follower of nobody with the data of a fresh cluster. */
export function createRaftMember(
  node: NodeName,
  phaseMs: Ms,
  timing = defaultTiming,
  fsyncMs = idleHost.fsyncMs,
): RaftMember {
  const electionTicks = Math.floor(timing.electionMs / timing.heartbeatMs);
  return {
    node,
    tickMs: timing.heartbeatMs,
    electionTicks,
    phaseMs,
    term: 2,
    vote: undefined,
    logTerm: 2,
    revision: 1_000,
    currentMs: 0,
    membership: 'voter',
    data: 'kept',
    fsyncMs,
    life: 'up',
    pid: undefined,
    pausedMs: 0,
    loadDue: false,
    advanceUntilMs: 0,
    role: 'follower',
    lead: undefined,
    heardMs: 0,
    timeoutTicks: electionTicks,
    hearing: false,
    contact: undefined,
    leadDelayMs: 0,
    synced: false,
    quietMs: undefined,
    ledMs: 0,
    granted: new Set(),
    rejected: new Set(),
    timers: new Map(),
  };
}

/** Its election time-out, ms. */
export function electionMs(member: RaftMember): Ms {
  return member.tickMs * member.electionTicks;
}

/** When it gives up a request, ms. */
export function requestTimeoutMs(member: RaftMember): Ms {
  return requestBaseMs + 2 * electionMs(member);
}

/** Replaces a timer of the member; undefined only takes it back. */
export function setTimer(member: RaftMember, name: Parameters<RaftMember['timers']['get']>[0], cancel?: Cancel): void {
  member.timers.get(name)?.();
  if (cancel === undefined) member.timers.delete(name);
  else member.timers.set(name, cancel);
}

/** The member's newest tick at or before `atMs`. */
export function tickBefore(member: RaftMember, atMs: Ms): Ms {
  return Math.floor((atMs - member.phaseMs) / member.tickMs) * member.tickMs + member.phaseMs;
}

/** The member's first tick after `atMs`. */
export function tickAfter(member: RaftMember, atMs: Ms): Ms {
  return tickBefore(member, atMs) + member.tickMs;
}

/** When its election timer fires: at its time-out, or a whole number of time-outs later when that is past (a member that cannot win keeps trying at this beat). */
export function nextCandidacyMs(member: RaftMember, nowMs: Ms): Ms {
  const firstMs = tickAfter(member, member.heardMs) + (member.timeoutTicks - 1) * member.tickMs;
  const beatMs = member.timeoutTicks * member.tickMs;
  return firstMs > nowMs ? firstMs : firstMs + (Math.floor((nowMs - firstMs) / beatMs) + 1) * beatMs;
}

/** It knows a leader and heard it less than an election time-out ago: it ignores candidates. */
export function inLease(member: RaftMember, nowMs: Ms): boolean {
  if (member.role === 'leader' || member.hearing) return true;
  const ticks = (tickBefore(member, nowMs) - tickBefore(member, member.heardMs)) / member.tickMs;
  return member.lead !== undefined && ticks < member.electionTicks;
}

/** The candidate's log is at least as new as the voter's. */
export function upToDate(
  candidate: { readonly logTerm: number; readonly revision: number },
  voter: { readonly logTerm: number; readonly revision: number },
): boolean {
  return (
    candidate.logTerm > voter.logTerm || (candidate.logTerm === voter.logTerm && candidate.revision >= voter.revision)
  );
}

/** Members whose vote makes a majority of `voters`. */
export function quorumOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** Half of the fsync that is under way on a stalled disk: meanwhile the member neither hears nor speaks, ms. */
export function busyMs(member: RaftMember): number {
  return member.fsyncMs > stalledFsyncMs ? member.fsyncMs / 2 : 0;
}

/** Time until an entry is saved by the member. On a stalled disk it first waits for half of the fsync that is under way. */
export function saveMs(member: RaftMember): number {
  return member.fsyncMs + busyMs(member);
}
