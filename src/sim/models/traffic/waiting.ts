/** How long requests wait in front of busy servers: the stationary queue of one pod and the backlog of an overloaded one. Apart because it is plain queueing theory. */
import { exp, log } from '../../../base/exact-math.ts';

/** Above this utilisation the stationary formula would promise waits that take minutes to build up; the backlog takes over there. A higher value lengthens waits just below saturation. */
const utilisationMax = 0.985;

/** Erlang's C: the share of requests that find all `servers` busy, for Poisson arrivals at `utilisation` (0..1). Exact up to 64 servers, above by Sakasegawa's approximation (within some 10 %). */
export function waitProbability(servers: number, utilisation: number): number {
  if (utilisation <= 0) return 0;
  if (utilisation >= 1) return 1;
  const count = Math.max(1, Math.round(servers));
  if (count > 64) return exp((Math.sqrt(2 * (count + 1)) - 1) * log(utilisation));
  const offered = utilisation * count;
  let blocked = 1;
  for (let i = 1; i <= count; i++) blocked = (offered * blocked) / (i + offered * blocked);
  return blocked / (1 - utilisation + utilisation * blocked);
}

/** What one queue is asked in one bucket. Rates per second of the whole class of pods. */
export interface QueueLoad {
  readonly arrivalRps: number;
  readonly capacityRps: number;
  /** Servers behind one queue: a pod's concurrency, or all pods' where the balancer pools them. */
  readonly servers: number;
  /** Squared coefficients of variation of the gaps between arrivals, and of the service time. */
  readonly arrivalCv2: number;
  readonly serviceCv2: number;
  /** Mean time a server is held, ms. */
  readonly holdMs: number;
  /** Waiting room of the class, requests. */
  readonly queueMax: number;
  readonly seconds: number;
}

/** What became of it. */
export interface QueueStep {
  /** Backlog at the end, requests. */
  readonly backlog: number;
  /** Requests that servers began or went on with, per second. */
  readonly startedRps: number;
  /** Share of the arrivals that found the waiting room full. */
  readonly shedRatio: number;
  /** Wait for the backlog, ms; every admitted arrival has it. */
  readonly backlogMs: number;
  /** Share of arrivals that wait by chance, and their mean wait, ms. */
  readonly waitRatio: number;
  readonly waitMs: number;
}

/** One bucket of a queue that starts with `backlog`. Only a full backlog sheds: that a small waiting room also overflows by chance below saturation is left out, which is kind to very short queues. */
export function stepQueue(backlog: number, load: QueueLoad): QueueStep {
  const arrived = load.arrivalRps * load.seconds;
  const able = load.capacityRps * load.seconds;
  if (able <= 0) return closed(backlog, load, arrived);
  const after = Math.max(0, backlog + arrived - able);
  const shed = Math.min(arrived, Math.max(0, after - load.queueMax));
  const kept = Math.max(0, after - shed);
  const started = backlog + arrived - shed - kept;
  const backlogMs = (((backlog + kept) / 2) * 1000) / load.capacityRps;
  const utilisation = Math.min(utilisationMax, load.arrivalRps / load.capacityRps);
  const waitRatio = waitProbability(load.servers, utilisation);
  const spread = (load.arrivalCv2 + load.serviceCv2) / 2;
  const free = (1 - utilisation) * load.servers;
  const roomMs = (load.queueMax * 1000) / load.capacityRps;
  return {
    backlog: kept,
    startedRps: started / load.seconds,
    shedRatio: arrived > 0 ? shed / arrived : 0,
    backlogMs,
    waitRatio,
    waitMs: Math.min((load.holdMs * spread) / free, Math.max(0, roomMs - backlogMs)),
  };
}

function closed(backlog: number, load: QueueLoad, arrived: number): QueueStep {
  const kept = Math.min(backlog + arrived, Math.max(load.queueMax, backlog));
  return {
    backlog: kept,
    startedRps: 0,
    shedRatio: arrived > 0 ? Math.min(1, (backlog + arrived - kept) / arrived) : 0,
    backlogMs: Number.MAX_SAFE_INTEGER,
    waitRatio: 0,
    waitMs: 0,
  };
}
