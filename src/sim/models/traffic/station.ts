/** One Service in one site: its pods as queues, and what becomes of a try at it. Apart from calls and retries, which only combine what a station says. */
import type { Ms } from '../../../base/clock.ts';
import type { FailureReason } from '../../../domain/event.ts';
import type { CallPolicy } from '../../../domain/topology.ts';
import { createBalance } from './balancing.ts';
import { afterWait, compact, type Mode, meanOf, sum, tailOf } from './latency.ts';
import { type Grouping, type PodClass, works } from './pod-classes.ts';
import type { Outcome } from './retries.ts';
import { stepQueue } from './waiting.ts';

/** A refusal or a rejection takes about this long at the server, ms. Longer makes a refusing pod attract less under least requests. */
const rejectMs = 1;
/** A lost packet is sent again after this, ms (Linux' smallest retransmission time-out). */
const retransmitMs = 200;
/** Packets of one request and its answer; each may be lost. */
const packets = 4;

/** A station. `arrive` first, then `outcome`, once per bucket. */
export interface Station {
  readonly pods: Grouping;
  /** Takes tries for a bucket; `callsMs`: how long a server is held by calls and commits on top of its own work. Gives the requests that serving pods began, per second. */
  arrive(triesRps: number, fromMs: Ms, toMs: Ms, callsMs: number): number;
  /** What becomes of a try of this bucket, given what becomes of the work behind it. */
  outcome(behind: Outcome): Outcome;
  /** Requests that wait. */
  backlog(): number;
}

/** The station of these pods. */
export function createStation(policy: CallPolicy, grouping: Grouping): Station {
  const balance = createBalance(policy.balance);
  return {
    pods: grouping,
    arrive: (triesRps, fromMs, toMs, callsMs) => {
      const classes = grouping.classes();
      if (classes.length === 0) return 0;
      const shares = balance(classes, triesRps, fromMs, toMs);
      let pods = 0;
      for (const group of classes) pods += group.pods;
      let started = 0;
      for (let i = 0; i < classes.length; i++) {
        const group = classes[i]!;
        group.share = shares[i]!;
        group.step = undefined;
        if (!works(group.truth)) continue;
        group.step = step(group, policy.balance, pods, triesRps * group.share, (toMs - fromMs) / 1000, callsMs);
        group.backlog = group.step.backlog;
        if (group.truth === 'serving') started += group.step.startedRps;
      }
      return started;
    },
    outcome: (behind) => combine(grouping.classes(), behind, policy.timeoutMs),
    backlog: () => grouping.classes().reduce((total, group) => total + group.backlog, 0),
  };
}

/** Time one server of the class is held by a request, ms; erring pods call nobody. */
function heldMs(group: PodClass, callsMs: number): number {
  return Math.max(0.01, group.own.meanMs + (group.truth === 'serving' ? callsMs : 0));
}

/** Requests per second that the class can do when a request holds a server for `callsMs` beyond its own work. */
export function capacityOf(group: PodClass, callsMs: number): number {
  const byConcurrency = (group.behaviour.concurrency * 1000) / heldMs(group, callsMs);
  return group.pods * Math.max(0, Math.min(byConcurrency, group.cpuRps));
}

function step(
  group: PodClass,
  rule: CallPolicy['balance'],
  pods: number,
  arrivalRps: number,
  seconds: number,
  callsMs: number,
) {
  const pooled = rule === 'least-requests';
  const capacityRps = capacityOf(group, callsMs);
  const atOnce = Math.max(1, group.behaviour.concurrency);
  const holdMs = capacityRps > 0 ? Math.max(heldMs(group, callsMs), (atOnce * group.pods * 1000) / capacityRps) : 1;
  return stepQueue(group.backlog, {
    arrivalRps,
    capacityRps,
    servers: atOnce * (pooled ? group.pods : 1),
    arrivalCv2: rule === 'round-robin' ? turnCv2(pods) : 1,
    serviceCv2: group.own.varianceMs2 / (holdMs * holdMs),
    holdMs,
    queueMax: group.behaviour.queueMax * group.pods,
    seconds,
  });
}

/** One caller that takes turns spaces the arrivals at each of `pods` pods evenly (1/pods); many callers, each with turns of its own, do not (1). How many there are is not asked: half way. */
function turnCv2(pods: number): number {
  return (1 + 1 / Math.max(1, pods)) / 2;
}

function combine(classes: readonly PodClass[], behind: Outcome, timeoutMs: number): Outcome {
  if (classes.length === 0) return { ok: 0, failed: { refused: 1 }, late: 0, silent: 0, meanMs: rejectMs, modes: [] };
  let ok = 0;
  let late = 0;
  let silent = 0;
  let meanMs = 0;
  const failed: Partial<Record<FailureReason, number>> = {};
  const modes: Mode[] = [];
  const fail = (reason: FailureReason, ratio: number) => {
    if (ratio > 0) failed[reason] = (failed[reason] ?? 0) + ratio;
  };
  for (const group of classes) {
    const one = tryAt(group, behind, timeoutMs);
    group.responseMs = one.meanMs;
    ok += group.share * one.ok;
    late += group.share * one.late;
    silent += group.share * one.silent;
    meanMs += group.share * one.meanMs;
    for (const reason in one.failed)
      fail(reason as FailureReason, group.share * (one.failed[reason as FailureReason] ?? 0));
    for (const mode of one.modes) modes.push({ ...mode, weight: mode.weight * group.share * one.ok });
  }
  const scale = ok > 0 ? 1 / ok : 0;
  return {
    ok,
    failed,
    late,
    silent,
    meanMs,
    modes: compact(modes.map((mode) => ({ ...mode, weight: mode.weight * scale }))),
  };
}

/** A try at one class. Modes of the answer sum to 1. */
function tryAt(group: PodClass, behind: Outcome, timeoutMs: number): Outcome {
  const none = { ok: 0, failed: {}, late: 0, silent: 0, modes: [] };
  if (group.truth === 'silent') return { ...none, silent: 1, meanMs: timeoutMs };
  const travelMs = 2 * group.delayMs + packets * group.lossRatio * retransmitMs;
  if (group.truth === 'refusing') return { ...none, failed: { refused: 1 }, meanMs: rejectMs + travelMs };
  const queue = group.step;
  if (queue === undefined) return { ...none, failed: { refused: 1 }, meanMs: rejectMs };
  const shed = queue.shedRatio;
  const own = afterWait(group.own, travelMs + queue.backlogMs, queue.waitRatio, queue.waitMs);
  const tooSlow = own.reduce((share, mode) => share + mode.weight * tailOf(mode, timeoutMs), 0);
  const admitted = 1 - shed;
  const ownMs = meanOf(own);
  if (group.truth === 'erring') {
    const failed = { shed, error: admitted * (1 - tooSlow) };
    return {
      ...none,
      failed,
      silent: admitted * tooSlow,
      meanMs: shed * rejectMs + admitted * Math.min(ownMs, timeoutMs),
    };
  }
  const whole = sum(own, behind.modes);
  const modes: Mode[] = [];
  let inTime = 0;
  for (const mode of whole) {
    const tail = tailOf(mode, timeoutMs);
    const weight = mode.weight * (1 - tail);
    if (weight <= 0) continue;
    inTime += weight;
    modes.push(
      tail < 1e-3
        ? mode
        : { weight, meanMs: Math.min(mode.meanMs, timeoutMs), varianceMs2: mode.varianceMs2 * (1 - tail) },
    );
  }
  const failed: Partial<Record<FailureReason, number>> = shed > 0 ? { shed } : {};
  let definite = 0;
  for (const reason in behind.failed) {
    const ratio = (behind.failed[reason as FailureReason] ?? 0) * admitted * (1 - tooSlow);
    failed[reason as FailureReason] = (failed[reason as FailureReason] ?? 0) + ratio;
    definite += ratio;
  }
  const ok = admitted * behind.ok * inTime;
  const late = admitted * (behind.ok * (1 - inTime) + behind.late);
  return {
    ok,
    failed,
    late,
    silent: Math.max(0, 1 - shed - definite - ok - late),
    meanMs: shed * rejectMs + admitted * Math.min(timeoutMs, ownMs + behind.meanMs),
    modes: inTime > 0 ? modes.map((mode) => ({ ...mode, weight: mode.weight / inTime })) : [],
  };
}
