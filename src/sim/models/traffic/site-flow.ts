/** The chain of Services behind one entry of one site: rates in, outcome of a customer's request out. Apart because at steady rates its answer is kept, which makes quiet hours cheap. */
import type { Ms } from '../../../base/clock.ts';
import type { Service, Site } from '../../../domain/topology.ts';
import type { Network, Pod, ReplicationModel, Routing, Workloads } from '../../model.ts';
import { callGraph } from './call-graph.ts';
import { commitOutcome } from './database-commit.ts';
import { logNormalOf, quantiles } from './latency.ts';
import { createPaths, works } from './pod-classes.ts';
import type { CallOutcome, Outcome } from './retries.ts';
import { createServiceFlow, inOrder, noSuchService, type ServiceFlow } from './service-flow.ts';
import { capacityOf } from './station.ts';

/** What a site's flow depends on. */
export interface FlowDeps {
  readonly network: Network;
  readonly workloads: Workloads;
  readonly routing: Routing;
  readonly replication: ReplicationModel;
}

/** The answer for one bucket. */
export interface FlowStep {
  readonly outcome: CallOutcome;
  /** Latency of requests that ended ok, by slot, ms. */
  readonly values: Float64Array;
  /** Share of the requests in flight that were lost with their pods at the start of the bucket. */
  readonly resetRatio: number;
  /** Tries beyond the first per request, over the whole chain. */
  readonly retries: number;
}

/** Rates that differ by less than this get the same answer. */
const sameRatio = 0.01;

/** A running flow. */
export interface SiteFlow {
  readonly database: string | undefined;
  readonly services: readonly ServiceFlow[];
  /** A pod, or paths, or something else behind the answer may have changed. */
  touch(what: Pod | 'network' | undefined): void;
  step(rateRps: number, fromMs: Ms, toMs: Ms): FlowStep;
  /** The next bucket may differ at the same rate. */
  unsettled(): boolean;
  capacityRps(service: ServiceFlow, workload: string): number;
}

/** The flow of `entry` in `site`. */
export function createSiteFlow(
  site: Site,
  entry: Service,
  deps: FlowDeps,
  trial: (chance: number) => boolean,
): SiteFlow {
  const specOf = (pod: Pod) => deps.workloads.spec(pod.site, pod.workload);
  const services = callGraph(site, entry).map((node) => createServiceFlow(node, specOf, trial));
  const database = services.find((flow) => flow.node.database !== undefined)?.node.database;
  const callers = services.map((_, i) => services.filter((flow) => flow.node.calls.includes(i)));
  let dirty = true;
  let networkTouched = false;
  let lostRatio = 0;
  let changed: Pod[] | undefined;
  let kept: { rateRps: number; step: FlowStep } | undefined;
  const nominal = nominalCalls(services, site);

  const regroup = () => {
    let survive = 1 - lostRatio;
    services.forEach((flow, i) => {
      const from = i === 0 ? undefined : callers[i]!;
      const sources = () => from?.flatMap((caller) => deps.routing.targets(site.name, caller.node.service.name));
      const paths = networkTouched ? createPaths(deps.network, sources) : plainPaths(deps.network, sources);
      const targets = deps.routing.targets(site.name, flow.node.service.name);
      survive *= 1 - flow.station.pods.update(targets, changed, paths);
    });
    changed = [];
    dirty = false;
    // Whoever asked for this (a reading of capacity does too): the next bucket is not like the last one.
    kept = undefined;
    lostRatio = 1 - survive;
  };
  const commit = (flow: ServiceFlow): Outcome[] =>
    flow.node.database === undefined
      ? []
      : [commitOutcome(site.name, flow.node.database, deps.replication, deps.workloads)];
  const solve = (rateRps: number, fromMs: Ms, toMs: Ms): FlowStep => {
    for (const flow of services) flow.demandRps = 0;
    services[0]!.demandRps = rateRps;
    services.forEach((flow, i) => {
      let rps = flow.demand(flow.demandRps, fromMs, toMs, nominal[i]!);
      for (const call of flow.node.calls) {
        if (call === undefined) break;
        services[call]!.demandRps += rps;
        rps *= services[call]!.outcome().ok;
      }
    });
    let retries = 0;
    for (let i = services.length - 1; i >= 0; i--) {
      const flow = services[i]!;
      const calls = flow.node.calls.map((call) => (call === undefined ? noSuchService : services[call]!.outcome()));
      const call = flow.settle(inOrder([...calls, ...commit(flow)]), flow.demandRps, fromMs, toMs);
      retries += rateRps > 0 ? ((call.tries - 1) * flow.demandRps) / rateRps : 0;
    }
    const outcome = services[0]!.outcome();
    return { outcome, values: quantiles(outcome.modes), resetRatio: 0, retries };
  };
  const unsettled = () => dirty || services.some((flow) => flow.unsettled());
  const count = (rateRps: number, solvedRps: number, fromMs: Ms, toMs: Ms) => {
    const scale = solvedRps > 0 ? rateRps / solvedRps : 1;
    for (const flow of services)
      flow.usage.count(flow.station.pods.classes(), flow.doneRatio(), flow.demandRps * scale, scale, fromMs, toMs);
  };
  return {
    database,
    services,
    unsettled,
    touch: (what) => {
      dirty = true;
      if (what === 'network') {
        networkTouched = true;
        changed = undefined;
      } else if (what !== undefined) changed?.push(what);
    },
    step: (rateRps, fromMs, toMs) => {
      const still = !unsettled() && lostRatio === 0 && !services.some((flow) => flow.timed());
      if (kept !== undefined && still && Math.abs(kept.rateRps - rateRps) <= sameRatio * kept.rateRps) {
        const scale = kept.rateRps > 0 ? rateRps / kept.rateRps : 1;
        for (const flow of services) flow.repeat(scale, fromMs, toMs);
        count(rateRps, kept.rateRps, fromMs, toMs);
        return kept.step;
      }
      if (dirty) regroup();
      const resetRatio = lostRatio;
      lostRatio = 0;
      const step = solve(rateRps, fromMs, toMs);
      kept = { rateRps, step };
      count(rateRps, rateRps, fromMs, toMs);
      return resetRatio > 0 ? { ...step, resetRatio } : step;
    },
    capacityRps: (flow, workload) => {
      if (dirty) regroup();
      const classes = flow.station.pods.classes().filter((group) => group.workload === workload);
      const calls = nominal[services.indexOf(flow)]!;
      return classes.reduce((total, group) => total + (works(group.truth) ? capacityOf(group, calls) : 0), 0);
    },
  };
}

/** Paths while no network ever changed: every pod is reached as the first one is. */
function plainPaths(network: Network, callers: () => readonly Pod[] | undefined) {
  const paths = createPaths(network, callers);
  let first: ReturnType<typeof paths> | undefined;
  return (pod: Pod) => {
    first ??= paths(pod);
    return first;
  };
}

/** How long each Service's calls and commits take when nothing waits, ms: what capacity is reckoned with. */
function nominalCalls(services: readonly ServiceFlow[], site: Site): readonly number[] {
  const meanOf = (workload: string | undefined) => {
    const spec = site.workloads.find(({ name }) => name === workload);
    return spec === undefined ? 0 : logNormalOf(spec.behaviour.serviceTimeMs, spec.behaviour.serviceTimeP99Ms).meanMs;
  };
  const behind = services.map(() => 0);
  for (let i = services.length - 1; i >= 0; i--) {
    const { node } = services[i]!;
    behind[i] = node.database === undefined ? 0 : meanOf(node.database);
    for (const call of node.calls)
      if (call !== undefined) behind[i]! += behind[call]! + meanOf(services[call]!.node.service.workloads[0]);
  }
  return behind;
}
