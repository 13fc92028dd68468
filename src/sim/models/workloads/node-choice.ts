/** Which node a pod gets: filters and scores of the default scheduler over indexes that are kept, never recounted. */
import { log } from '../../../base/exact-math.ts';
import type { Site } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';
import type { NodeName, NodeObject, Nodes } from '../../model.ts';
import type { PodRecord, WorkloadState } from './pod-record.ts';
import { type Counted, type SchedulingRules, schedulingRules } from './scheduling-rules.ts';

/** Books of what is on the nodes, and the choice from them. */
export interface NodeChoice {
  /** The best node that fits; `only`: no other will do. */
  choose(pod: PodRecord, only: NodeName | undefined): NodeName | undefined;
  reserve(pod: PodRecord, node: NodeName): void;
  free(pod: PodRecord): void;
  /** A pod on a node is being deleted (1), or no longer (-1). */
  terminating(pod: PodRecord, sign: 1 | -1): void;
  requestedCpu(node: NodeName): number;
  /** Conditions, cordons or taints changed. */
  nodesChanged(): void;
}

interface Slot {
  /** Position in the site. */
  readonly index: number;
  readonly object: NodeObject;
  readonly milliCpu: number;
  readonly memoryMiB: number;
  usedCpu: number;
  usedMemory: number;
  pods: number;
  /** Host ports that pods hold, also while they end (pkg/scheduler/framework/plugins/nodeports). */
  readonly ports: Set<string>;
}

/** What a pod without requests counts as in scores (pkg/scheduler/util/pod_resources.go). */
const unasked = { milliCpu: 100, memoryMiB: 200 } as const;

/** Nodes that are looked at once enough fit: all below 100, else 50 % falling to 5 %, at least 100 (pkg/scheduler/schedule_one.go numFeasibleNodesToFind). */
function feasibleMax(nodes: number): number {
  if (nodes < 100) return nodes;
  return Math.max(100, Math.floor((nodes * Math.max(5, 50 - Math.floor(nodes / 125))) / 100));
}

/** Empty books over the nodes of a site. `states`: its workloads, complete at the first question. */
export function createNodeChoice(
  kernel: Kernel,
  site: Site,
  states: () => readonly WorkloadState[],
  nodes: Nodes,
): NodeChoice {
  const random = kernel.random(`scheduler/${site.name}`);
  const slots = site.nodes.map(
    (spec, index): Slot => ({
      index,
      object: nodes.get(spec.name),
      milliCpu: Math.round(spec.cpuCores * 1000),
      memoryMiB: spec.memoryMiB,
      usedCpu: 0,
      usedMemory: 0,
      pods: 0,
      ports: new Set(),
    }),
  );
  const byName = new Map(slots.map((slot) => [slot.object.spec.name, slot]));
  const rules = new Map<WorkloadState, SchedulingRules>();
  /** Counts in which a workload's pods take part. */
  const parts = new Map<WorkloadState, Counted[]>();
  /** Counts of pods that want nobody of this workload beside them. */
  const shunned = new Map<WorkloadState, Counted[]>();
  const admitted = new Map<WorkloadState, Slot[]>();
  /** Pods in the books, bound or about to be. */
  const placed = new Map<PodRecord, NodeName>();
  let start = 0;

  const prepare = () => {
    if (rules.size > 0) return;
    const all = states();
    for (const state of all) rules.set(state, schedulingRules(state, site));
    for (const state of all) {
      const own = [...rules.values()].flatMap((r): Counted[] => [...r.spread, ...r.apart]);
      parts.set(
        state,
        own.filter((counted) => counted.selects(state)),
      );
      shunned.set(state, []);
    }
    for (const [owner, { apart }] of rules) for (const rule of apart) if (rule.required) shun(owner, rule);
  };
  /** Anti-affinity works both ways: a pod also keeps off the domains of those that shun it. */
  const shun = (owner: WorkloadState, rule: Counted & { readonly required: boolean }) => {
    for (const other of rules.keys()) if (other !== owner && rule.selects(other)) addShun(owner, other, rule);
  };
  const addShun = (owner: WorkloadState, other: WorkloadState, rule: Counted) => {
    const index = owner.spec.template.antiAffinity[rules.get(owner)!.apart.indexOf(rule as never)];
    if (index === undefined) return;
    const counted = schedulingRules({ ...owner, spec: ownerOnly(owner, index.topologyKey) }, site).apart[0]!;
    shunned.get(other)!.push(counted);
    parts.get(owner)!.push(counted);
  };
  const tally = (pod: PodRecord, node: NodeName, sign: 1 | -1, which: (counted: Counted) => boolean) => {
    const slot = byName.get(node);
    if (slot === undefined) return;
    for (const counted of parts.get(pod.of) ?? []) if (which(counted)) counted.counts.add(slot.index, sign);
  };
  const occupy = (pod: PodRecord, node: NodeName, sign: 1 | -1) => {
    prepare();
    const slot = byName.get(node);
    const { milliCpu, memoryMiB, hostPorts } = rules.get(pod.of)!;
    if (slot === undefined) return;
    slot.usedCpu += sign * milliCpu;
    slot.usedMemory += sign * memoryMiB;
    slot.pods += sign;
    for (const port of hostPorts) slot.ports[sign === 1 ? 'add' : 'delete'](port);
    tally(pod, node, sign, (counted) => counted.terminatingToo || pod.deletedMs === undefined);
  };
  const fits = (slot: Slot, rule: SchedulingRules, state: WorkloadState) => {
    const { index } = slot;
    if (slot.pods >= slot.object.spec.podsMax) return false;
    if (rule.milliCpu > 0 && slot.usedCpu + rule.milliCpu > slot.milliCpu) return false;
    if (rule.memoryMiB > 0 && slot.usedMemory + rule.memoryMiB > slot.memoryMiB) return false;
    if (rule.hostPorts.some((port) => slot.ports.has(port))) return false;
    for (const { required, counts, maxSkew, self } of rule.spread) {
      if (!required) continue;
      const here = counts.at(index);
      if (here < 0 || here + self - counts.least() > maxSkew) return false;
    }
    for (const { required, counts } of rule.apart) if (required && counts.at(index) > 0) return false;
    for (const { counts } of shunned.get(state)!) if (counts.at(index) > 0) return false;
    return true;
  };
  const candidates = (state: WorkloadState, rule: SchedulingRules) => {
    const known = admitted.get(state);
    if (known !== undefined) return known;
    const list = slots.filter(({ object }) => rule.admits(object));
    admitted.set(state, list);
    return list;
  };
  const feasible = (state: WorkloadState, rule: SchedulingRules, only: NodeName | undefined) => {
    if (only !== undefined) {
      const slot = byName.get(only);
      return slot !== undefined && rule.admits(slot.object) && fits(slot, rule, state) ? [slot] : [];
    }
    const list = candidates(state, rule);
    const most = feasibleMax(slots.length);
    const found: Slot[] = [];
    let looked = 0;
    for (; looked < list.length && found.length < most; looked++) {
      const slot = list[(start + looked) % list.length]!;
      if (fits(slot, rule, state)) found.push(slot);
    }
    if (list.length > 0) start = (start + looked) % list.length;
    return found;
  };
  return {
    choose: (pod, only) => {
      prepare();
      const rule = rules.get(pod.of)!;
      const found = feasible(pod.of, rule, only);
      if (found.length < 2) return found[0]?.object.spec.name;
      const scores = score(found, rule);
      let best = Number.NEGATIVE_INFINITY;
      for (const value of scores) if (value > best) best = value;
      const ties = found.filter((_, i) => scores[i] === best);
      return random.pick(ties).object.spec.name;
    },
    reserve: (pod, node) => {
      placed.set(pod, node);
      occupy(pod, node, 1);
    },
    free: (pod) => {
      const node = placed.get(pod);
      if (node === undefined) return;
      placed.delete(pod);
      occupy(pod, node, -1);
    },
    terminating: (pod, sign) => {
      const node = placed.get(pod);
      if (node !== undefined) tally(pod, node, sign === 1 ? -1 : 1, (counted) => !counted.terminatingToo);
    },
    requestedCpu: (node) => (byName.get(node)?.usedCpu ?? 0) / 1000,
    nodesChanged: () => admitted.clear(),
  };
}

/** The owner's anti-affinity turned round: counts the owner's own pods. */
function ownerOnly(owner: WorkloadState, topologyKey: string): WorkloadState['spec'] {
  const antiAffinity = [{ topologyKey, selector: owner.spec.selector, required: true }];
  return { ...owner.spec, template: { ...owner.spec.template, topologySpread: [], antiAffinity } };
}

/** Scores with the default weights: least allocated 1, balance 1, spread 2, preferred anti-affinity 2, node affinity 2, soft taints 3 (pkg/scheduler/apis/config/v1/default_plugins.go). Image locality is not modelled. */
function score(found: readonly Slot[], rule: SchedulingRules): Float64Array {
  const scores = new Float64Array(found.length);
  const costs = new Float64Array(found.length);
  const soft = rule.spread
    .filter(({ required }) => !required)
    .map((one) => ({ ...one, weight: log(one.counts.domains + 2) }));
  const apart = rule.apart.filter(({ required }) => !required);
  found.forEach((slot, i) => {
    scores[i] = resources(slot, rule);
  });
  addInverted(scores, costs, 2, (i) => {
    let cost = 0;
    for (const { counts, weight, maxSkew } of soft) {
      const here = counts.at(found[i]!.index);
      if (here >= 0) cost += here * weight + maxSkew - 1;
    }
    return cost;
  });
  if (apart.length > 0)
    addInverted(scores, costs, 2, (i) =>
      apart.reduce((sum, { counts }) => sum + Math.max(0, counts.at(found[i]!.index)), 0),
    );
  if (rule.preference !== undefined) {
    const met = found.map((slot) => rule.preference!(slot.object.spec));
    const most = Math.max(...met);
    if (most > 0) for (let i = 0; i < met.length; i++) scores[i] = scores[i]! + 2 * Math.floor((100 * met[i]!) / most);
  }
  addInverted(scores, costs, 3, (i) => rule.softTaints(found[i]!.object));
  return scores;
}

/** Adds `weight` × 100 for the lowest cost, falling to 0 at the highest. All equal: 100. */
function addInverted(scores: Float64Array, costs: Float64Array, weight: number, costOf: (i: number) => number): void {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < costs.length; i++) {
    const cost = costOf(i);
    costs[i] = cost;
    if (cost < least) least = cost;
    if (cost > most) most = cost;
  }
  const span = most - least;
  for (let i = 0; i < costs.length; i++)
    scores[i]! += weight * (span === 0 ? 100 : Math.floor((100 * (most - costs[i]!)) / span));
}

function resources(slot: Slot, rule: SchedulingRules): number {
  const cpu = Math.min(1, (slot.usedCpu + (rule.milliCpu || unasked.milliCpu)) / slot.milliCpu);
  const memory = Math.min(1, (slot.usedMemory + (rule.memoryMiB || unasked.memoryMiB)) / slot.memoryMiB);
  const least = Math.floor(((1 - cpu) * 100 + (1 - memory) * 100) / 2);
  return least + Math.floor((1 - Math.abs(cpu - memory) / 2) * 100);
}
