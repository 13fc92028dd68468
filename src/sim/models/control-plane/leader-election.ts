/** One leader lease of client-go: a holder that renews, candidates that wait for it to lapse by their own clocks. Apart because controller-manager and scheduler share it, and because renewals are computed, never played. */
import type { Cancel, Ms } from '../../../base/clock.ts';
import type { Component } from '../../../domain/action.ts';
import type { Kernel } from '../../kernel.ts';
import type { Machines, NodeName } from '../../model.ts';

/** ms, component-base config/v1alpha1/defaults.go. Longer lease: later takeover; longer deadline: a cut-off holder goes on for longer. */
const lease = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };
/** A candidate polls every retry period × (1 + U(0, 1.2)). client-go tools/leaderelection/leaderelection.go. More: takeovers spread wider. */
const pollJitter = 1.2;
/** ms from exec to the first poll of a fresh process; calibrate. */
const processStartMs = { min: 1_000, max: 2_000 };
/** ms from the lease to the first act: informers list and sync; calibrate. Longer: controllers act later. */
const informerSyncMs = { min: 1_000, max: 3_000 };

interface Candidate {
  readonly node: NodeName;
  pid: number | undefined;
  /** First poll of this process. */
  readyMs: Ms;
  /** Its API server can be written to; since when. */
  writableSinceMs: Ms | undefined;
  /** When that ended last. */
  writableUntilMs: Ms;
  /** When it saw the newest renewal of the lease that is lapsing. */
  observedMs: Ms | undefined;
  /** It lost a lease that it held and will exit when its renewal deadline is over. */
  deposed: boolean;
  exit: Cancel | undefined;
  attempt: Cancel | undefined;
}

/** A lease and those who want it. */
export interface LeaderLease {
  /** Looks again at processes and API servers. */
  update(): void;
  holder(): NodeName | undefined;
  /** Holder that has synced, runs and can write. */
  acting(): NodeName | undefined;
}

/** A lease held and acted upon by one of the nodes, drawn by the seed. `writable`: the node's own API server takes writes. */
export function createLeaderLease(
  kernel: Kernel,
  label: string,
  component: Component,
  nodes: readonly NodeName[],
  deps: { readonly machines: Machines; readonly writable: (node: NodeName) => boolean },
  changed: () => void,
): LeaderLease {
  const { machines, writable } = deps;
  const random = kernel.random(label);
  const pidOf = (node: NodeName) => machines.identity(node, component)?.pid;
  const runs = (node: NodeName) => machines.process(node, component) === 'running';
  const candidates: Candidate[] = nodes.map((node) => createCandidate(node, pidOf(node)));
  const first = candidates.length === 0 ? undefined : random.pick(candidates);
  let holder = first && { candidate: first, pid: first.pid };
  /** The holder renews every retry period since then; undefined while it cannot. */
  let renewingMs: Ms | undefined = -random.int(0, lease.retryMs - 1);
  let renewedMs: Ms = 0;
  let synced = true;

  const pollMs = () => lease.retryMs * (1 + pollJitter * random.unit());
  const holds = (candidate: Candidate) => holder?.candidate === candidate && holder.pid === candidate.pid;
  const holderRenews = () => {
    const node = holder?.candidate.node;
    return node !== undefined && holder?.pid === pidOf(node) && runs(node) && writable(node);
  };
  const stopTimer = (candidate: Candidate, name: 'exit' | 'attempt') => {
    candidate[name]?.();
    candidate[name] = undefined;
  };
  const followProcess = (candidate: Candidate) => {
    const pid = pidOf(candidate.node);
    if (pid !== candidate.pid) {
      stopTimer(candidate, 'exit');
      stopTimer(candidate, 'attempt');
      candidate.pid = pid;
      candidate.readyMs = kernel.now() + random.int(processStartMs.min, processStartMs.max);
      candidate.observedMs = undefined;
      candidate.deposed = false;
    }
    if (writable(candidate.node)) candidate.writableSinceMs ??= kernel.now();
    else if (candidate.writableSinceMs !== undefined) loseServer(candidate);
  };
  /** What it would have seen later it has not seen. */
  const loseServer = (candidate: Candidate) => {
    candidate.writableSinceMs = undefined;
    candidate.writableUntilMs = kernel.now();
    if (candidate.observedMs !== undefined && candidate.observedMs > kernel.now()) candidate.observedMs = undefined;
  };
  const lapse = (sinceMs: Ms) => {
    const beats = Math.floor((kernel.now() - sinceMs) / lease.retryMs);
    renewedMs = sinceMs + beats * lease.retryMs;
    renewingMs = undefined;
    for (const candidate of candidates) candidate.observedMs = lastSightMs(candidate);
  };
  /** A poll between the last renewal and the loss of its own server, if it came to one: that candidate need not wait again when the server is back. */
  const lastSightMs = (candidate: Candidate) => {
    if (candidate.writableSinceMs !== undefined) return undefined;
    const sightMs = candidate.writableUntilMs - random.unit() * pollMs();
    return sightMs >= Math.max(renewedMs, candidate.readyMs) ? sightMs : undefined;
  };
  /** A holder that cannot renew tries for the deadline from its next beat, then exits. So does one that finds its lease taken. */
  const planExit = (candidate: Candidate) => {
    const loses = candidate.deposed || (holds(candidate) && renewingMs === undefined);
    if (!loses || !runs(candidate.node)) return void stopTimer(candidate, 'exit');
    if (candidate.exit !== undefined) return;
    const beatMs = candidate.deposed ? kernel.now() + random.int(0, lease.retryMs) : renewedMs + lease.retryMs;
    candidate.exit = kernel.at(Math.max(kernel.now(), beatMs) + lease.renewDeadlineMs, () => {
      candidate.exit = undefined;
      machines.exit(candidate.node, component);
    });
  };
  const planAttempt = (candidate: Candidate) => {
    const waits = renewingMs === undefined && !holds(candidate) && !candidate.deposed;
    if (!waits || !runs(candidate.node) || candidate.writableSinceMs === undefined)
      return void stopTimer(candidate, 'attempt');
    if (candidate.attempt !== undefined) return;
    candidate.observedMs ??= firstSightMs(candidate, candidate.writableSinceMs);
    let atMs = candidate.observedMs;
    while (atMs < candidate.observedMs + lease.durationMs || atMs < kernel.now()) atMs += pollMs();
    candidate.attempt = kernel.at(atMs, () => {
      candidate.attempt = undefined;
      take(candidate);
    });
  };
  /** A poll of its own rhythm after the last renewal, or the first poll that it could make. */
  const firstSightMs = (candidate: Candidate, writableSinceMs: Ms) =>
    candidate.readyMs > Math.max(renewedMs, writableSinceMs)
      ? candidate.readyMs
      : Math.max(renewedMs, writableSinceMs) + random.unit() * pollMs();
  const take = (candidate: Candidate) => {
    if (holder !== undefined && holder.pid === holder.candidate.pid) holder.candidate.deposed = true;
    holder = { candidate, pid: candidate.pid };
    renewingMs = kernel.now();
    synced = false;
    const { pid } = holder;
    kernel.after(random.int(informerSyncMs.min, informerSyncMs.max), () => {
      if (holder?.candidate !== candidate || holder.pid !== pid) return;
      synced = true;
      changed();
    });
    changed();
  };
  const update = () => {
    for (const candidate of candidates) followProcess(candidate);
    if (holderRenews()) renewingMs ??= kernel.now();
    else if (renewingMs !== undefined) lapse(renewingMs);
    for (const candidate of candidates) {
      planExit(candidate);
      planAttempt(candidate);
    }
  };
  return {
    update,
    holder: () => holder?.candidate.node,
    acting: () => (synced && holderRenews() ? holder?.candidate.node : undefined),
  };
}

function createCandidate(node: NodeName, pid: number | undefined): Candidate {
  return {
    node,
    pid,
    readyMs: 0,
    writableSinceMs: 0,
    writableUntilMs: 0,
    observedMs: undefined,
    deposed: false,
    exit: undefined,
    attempt: undefined,
  };
}
