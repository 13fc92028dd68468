/** The DaemonSet controller: one pod on every node that admits it, replaced node by node in a rollout. */
import type { Kernel } from '../../kernel.ts';
import type { NodeName, NodeObject, Nodes } from '../../model.ts';
import type { Controllers } from './controllers.ts';
import { available, newest, type PodRecord, type WorkloadState } from './pod-record.ts';
import type { PodStore } from './pod-store.ts';
import { roundUp } from './rounding.ts';
import { borne, nodeSelected, taintsNow } from './scheduling-rules.ts';

/** Passes over DaemonSets. */
export interface DaemonSets {
  sync(state: WorkloadState): void;
  /** The node changed: look at it in the next pass. */
  look(state: WorkloadState, node: NodeName): void;
}

/** Pods that one pass may create (pkg/controller/daemon burstReplicas). */
const burstMax = 250;

/** Passes over DaemonSets, which look only at nodes where something changed. */
export function createDaemonSets(
  kernel: Kernel,
  nodes: Nodes,
  controllers: () => Controllers,
  store: PodStore,
): DaemonSets {
  const todo = new Map<WorkloadState, Set<NodeName>>();
  const should = new Map<WorkloadState, Set<NodeName>>();
  const byNode = new Map<WorkloadState, Map<NodeName, Set<PodRecord>>>();
  const creating = new Map<WorkloadState, Set<NodeName>>();
  const fresh = <V>(map: Map<WorkloadState, V>, state: WorkloadState, make: () => V) => {
    const known = map.get(state) ?? make();
    map.set(state, known);
    return known;
  };
  const podsAt = (state: WorkloadState, node: NodeName) => {
    const all = fresh(byNode, state, () => new Map());
    const pods = all.get(node) ?? new Set<PodRecord>();
    all.set(node, pods);
    return pods;
  };
  /** Also nodes that want none now, such as a dead one: its pod counts as missing, and holds the roll-out (pkg/controller/daemon/update.go; kubernetes/kubernetes PR 117658 was refused). */
  const withPods = (state: WorkloadState) =>
    [...fresh(byNode, state, () => new Map<NodeName, Set<PodRecord>>())].flatMap(([name, pods]) =>
      pods.size > 0 ? [name] : [],
    );
  const todoOf = (state: WorkloadState) => fresh(todo, state, () => new Set(state.site.nodes.map(({ name }) => name)));
  store.on((pod, change) => {
    if (pod.pinned === undefined) return;
    if (change === 'added') {
      podsAt(pod.of, pod.pinned).add(pod);
      creating.get(pod.of)?.delete(pod.pinned);
    }
    if (change === 'removed') podsAt(pod.of, pod.pinned).delete(pod);
    todoOf(pod.of).add(pod.pinned);
  });
  /** Whether a pod should run there, and whether one that runs may stay (pkg/controller/daemon NodeShouldRunDaemonPod). */
  const verdict = (state: WorkloadState, node: NodeObject) => {
    if (!nodeSelected(state, node.spec)) return { run: false, stay: false };
    const against = taintsNow(node).filter((taint) => taint.effect !== 'PreferNoSchedule' && !borne(state, taint));
    return { run: against.length === 0, stay: against.every((taint) => taint.effect !== 'NoExecute') };
  };
  const visit = (state: WorkloadState, name: NodeName): boolean => {
    const { run, stay } = verdict(state, nodes.get(name));
    const wanted = fresh(should, state, () => new Set());
    if (run) wanted.add(name);
    else wanted.delete(name);
    const pods = [...podsAt(state, name)];
    if (!run && pods.length > 0) state.misplaced.add(name);
    else state.misplaced.delete(name);
    if (!stay) for (const pod of pods) controllers().remove(pod);
    const waits = fresh(creating, state, () => new Set());
    if (!run || pods.length > 0 || waits.has(name)) return false;
    waits.add(name);
    return true;
  };
  const isAvailable = (pod: PodRecord) => {
    if (pod.ready && pod.deletedMs === undefined && !available(pod, kernel.now()))
      controllers().again(pod.of, pod.readySinceMs! + pod.of.spec.rollout.minReadySeconds * 1000);
    return available(pod, kernel.now()) && !pod.doomed;
  };
  /** Old pods go while no more than maxUnavailable nodes are without an available pod; those that are not available go at once. */
  const roll = (state: WorkloadState) => {
    const wanted = should.get(state)!;
    if (state.spec.rollout.strategy === 'OnDelete') return;
    if (state.revisions.every((revision) => revision === newest(state) || revision.active === 0)) return;
    const { maxUnavailable, maxSurge } = state.spec.rollout;
    const surge = roundUp(maxSurge, wanted.size);
    const old: PodRecord[] = [];
    let missing = 0;
    for (const name of new Set([...wanted, ...withPods(state)])) {
      const pods = [...podsAt(state, name)];
      if (!pods.some(isAvailable)) missing++;
      for (const pod of pods) if (pod.release !== newest(state) && pod.deletedMs === undefined) old.push(pod);
    }
    if (surge > 0) return overlap(state, old, surge);
    const unavailable = Math.max(1, roundUp(maxUnavailable, wanted.size));
    for (const pod of old) if (!isAvailable(pod)) controllers().remove(pod);
    const going = old.filter(isAvailable).slice(0, Math.max(0, unavailable - missing));
    for (const pod of going) controllers().remove(pod);
  };
  /** With surge the new pod comes first and the old one goes once it is available. */
  const overlap = (state: WorkloadState, old: readonly PodRecord[], surge: number) => {
    const waits = fresh(creating, state, () => new Set());
    let room = surge - waits.size;
    for (const pod of old) {
      const fellow = [...podsAt(state, pod.pinned!)].find((other) => other.release === newest(state));
      if (fellow !== undefined ? isAvailable(fellow) : !isAvailable(pod)) controllers().remove(pod);
      else if (fellow !== undefined) room--;
    }
    for (const pod of old) {
      const name = pod.pinned!;
      const alone = [...podsAt(state, name)].every((other) => other.release !== newest(state));
      if (room <= 0 || !alone || waits.has(name) || pod.doomed) continue;
      waits.add(name);
      room--;
      controllers().create(state, newest(state), [{ pinned: name }]);
    }
  };
  return {
    look: (state, node) => void todoOf(state).add(node),
    sync: (state) => {
      const names = todoOf(state);
      // A creation that was booked but could not be written is missing again.
      if (newest(state).creating === 0) {
        for (const name of creating.get(state) ?? []) names.add(name);
        creating.get(state)?.clear();
      }
      const missing: NodeName[] = [];
      for (const name of names) {
        if (missing.length === burstMax) break;
        names.delete(name);
        if (visit(state, name)) missing.push(name);
      }
      const eligible = should.get(state)?.size ?? 0;
      if (eligible !== state.eligible) {
        state.eligible = eligible;
        store.touch(state);
      }
      controllers().create(
        state,
        newest(state),
        missing.map((pinned) => ({ pinned })),
      );
      if (names.size > 0) controllers().dirty(state);
      if (should.has(state)) roll(state);
    },
  };
}
