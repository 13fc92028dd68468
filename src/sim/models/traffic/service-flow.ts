/** One Service on the way of a request, with what its callers do: breaker, retries, balancing. Demand goes down the chain, outcomes come back up. */
import type { Ms } from '../../../base/clock.ts';
import type { Workload } from '../../../domain/topology.ts';
import type { Pod } from '../../model.ts';
import type { GraphNode } from './call-graph.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { compact, type Mode, sum } from './latency.ts';
import { createGrouping } from './pod-classes.ts';
import { type CallOutcome, type Outcome, triesPerCall, withRetries } from './retries.ts';
import { createStation } from './station.ts';
import { createUsage } from './usage.ts';

/** A rejection by an open breaker costs its caller nothing. ms. */
const brokenMs = 0.1;
/** How fast callers feel that those they call got slower; also keeps caller and callee from swinging against each other. ms. */
const feltMs = 150;

/** A Service in the flow. Per bucket: set `demandRps`, `demand`, then callees, then `settle`. */
export type ServiceFlow = ReturnType<typeof createServiceFlow>;

/** The outcome of work without calls. */
export const nothingBehind: Outcome = { ok: 1, failed: {}, late: 0, silent: 0, meanMs: 0, modes: [] };
/** The outcome of a call to a Service that does not exist: the name does not resolve. */
export const noSuchService: Outcome = { ok: 0, failed: { unavailable: 1 }, late: 0, silent: 0, meanMs: 1, modes: [] };

/** A flow at rest. `trial`: draws whether the one trial of a half-open breaker goes well, given its chance. */
export function createServiceFlow(node: GraphNode, specOf: (pod: Pod) => Workload, trial: (chance: number) => boolean) {
  const { policy } = node.service;
  const station = createStation(policy, createGrouping(specOf));
  const breaker = policy.breaker === undefined ? undefined : createCircuitBreaker(policy.breaker);
  const usage = createUsage();
  let failRatio = 0;
  let callsMs: number | undefined;
  let allowedRps = 0;
  let doneRatio = 1;
  let moved = true;
  let last: CallOutcome = { ...nothingBehind, tries: 1 };
  return {
    node,
    station,
    usage,
    /** Calls per second, set by the callers. */
    demandRps: 0,
    breakerState: () => breaker?.state() ?? ('closed' as const),
    callsMs: () => callsMs ?? 0,
    outcome: () => last,
    /** Share of what serving pods begin that they bring to a good end, whether or not the caller still waits for it. */
    doneRatio: () => doneRatio,
    /** Takes the demand; gives what serving pods started, per second. */
    demand(demandRps: number, fromMs: Ms, toMs: Ms, nominalCallsMs: number): number {
      const seconds = (toMs - fromMs) / 1000;
      callsMs ??= nominalCallsMs;
      allowedRps = breaker === undefined ? demandRps : breaker.allow(demandRps * seconds, fromMs) / seconds;
      return station.arrive(allowedRps * triesPerCall(failRatio, policy), fromMs, toMs, callsMs);
    },
    /** Learns what is behind; gives what becomes of a call. */
    settle(behind: Outcome, demandRps: number, fromMs: Ms, toMs: Ms): CallOutcome {
      const spanMs = toMs - fromMs;
      doneRatio = behind.ok;
      const attempt = station.outcome(behind);
      const call = withRetries(attempt, policy);
      const made = (allowedRps * spanMs) / 1000;
      breaker?.record(made, made * (1 - call.ok), toMs, () => trial(call.ok), call.meanMs);
      const pace = Math.min(1, spanMs / feltMs);
      const felt = (callsMs ?? behind.meanMs) + (behind.meanMs - (callsMs ?? behind.meanMs)) * pace;
      const failing = 1 - attempt.ok;
      moved =
        Math.abs(felt - (callsMs ?? 0)) > 0.01 * Math.max(1, felt) ||
        Math.abs(failing - failRatio) > 0.001 ||
        Math.abs(call.ok - last.ok) > 0.001;
      callsMs = felt;
      failRatio = failing;
      last = breaker === undefined || demandRps <= 0 ? call : throughBreaker(call, Math.min(1, allowedRps / demandRps));
      return last;
    },
    /** A bucket like the last one, at a rate `scale` times as high. */
    repeat(scale: number, fromMs: Ms, toMs: Ms): void {
      const made = (allowedRps * scale * (toMs - fromMs)) / 1000;
      breaker?.record(made, made * (1 - last.ok), toMs, () => true);
    },
    /** Something here is still on the move, so that the next bucket may differ from this one at the same rate. */
    unsettled: () =>
      moved ||
      station.backlog() > 0 ||
      breaker?.state() === 'open' ||
      breaker?.state() === 'half-open' ||
      (breaker !== undefined && last.ok < 0.999),
    /** Shares may change by themselves at some later time. */
    timed: () => policy.balance === 'weighted-response-time' && station.pods.classes().length > 1,
  };
}

function throughBreaker(call: CallOutcome, passed: number): CallOutcome {
  if (passed >= 1) return call;
  const failed: Record<string, number> = { broken: 1 - passed };
  for (const [reason, ratio] of Object.entries(call.failed)) failed[reason] = (failed[reason] ?? 0) + ratio * passed;
  return {
    ok: call.ok * passed,
    failed,
    late: call.late * passed,
    silent: call.silent * passed,
    meanMs: call.meanMs * passed + brokenMs * (1 - passed),
    modes: call.modes,
    tries: 1 + (call.tries - 1) * passed,
  };
}

/** Work done one after the other: it goes on only while all went well. A refusal inside reaches the customer as `unavailable`, the rest keeps its name. */
export function inOrder(parts: readonly Outcome[]): Outcome {
  if (parts.length === 0) return nothingBehind;
  let ok = 1;
  let late = 0;
  let silent = 0;
  let meanMs = 0;
  let modes: readonly Mode[] = [];
  const failed: Record<string, number> = {};
  for (const part of parts) {
    late += ok * part.late;
    silent += ok * part.silent;
    meanMs += ok * part.meanMs;
    for (const [reason, ratio] of Object.entries(part.failed)) {
      const name = reason === 'refused' ? 'unavailable' : reason;
      failed[name] = (failed[name] ?? 0) + ok * ratio;
    }
    modes = modes.length === 0 ? part.modes : sum(modes, part.modes);
    ok *= part.ok;
  }
  return { ok, failed, late, silent, meanMs, modes: compact(modes) };
}
