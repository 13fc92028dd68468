/** A workload's state and its revisions: release, rollback, and what an etcd restore brings back. */
import type { Ms } from '../../../base/clock.ts';
import type { Site, Workload } from '../../../domain/topology.ts';
import { newest, type Revision, type WorkloadState } from './pod-record.ts';

type Quality = Revision['quality'];

/** The workload as its manifest says, not yet deployed. */
export function createWorkloadState(site: Site, spec: Workload): WorkloadState {
  const first = createRevision(1, spec.template.image, spec.behaviour.release);
  return {
    site,
    spec,
    revisions: [first],
    pods: new Set(),
    list: undefined,
    deployed: false,
    observed: false,
    eligible: 0,
    misplaced: new Set(),
    stuck: false,
    history: [],
  };
}

function createRevision(number: number, image: string, quality: Quality): Revision {
  return { number, image, quality, wanted: 0, active: 0, ready: 0, creating: 0, doomed: 0 };
}

/** The template changes: a new revision, or an old one of the same content that becomes the newest. Nothing when it is the newest already. */
export function setTemplate(state: WorkloadState, image: string, quality: Quality, now: Ms): void {
  const latest = newest(state);
  if (latest.image === image && latest.quality === quality) return;
  const same = state.revisions.find((revision) => revision.image === image && revision.quality === quality);
  const number = latest.number + 1;
  if (same === undefined) state.revisions.push(createRevision(number, image, quality));
  else {
    state.revisions.splice(state.revisions.indexOf(same), 1);
    state.revisions.push(same);
    same.number = number;
    for (const pod of state.pods) if (pod.release === same) pod.revision = number;
  }
  const { template, behaviour } = state.spec;
  state.spec = { ...state.spec, template: { ...template, image }, behaviour: { ...behaviour, release: quality } };
  state.stuck = false;
  remember(state, now);
}

/** Forgets the oldest revisions without pods beyond revisionHistoryLimit, once every pod is of the newest: from then on nobody can roll back to them (kubernetes/kubernetes pkg/controller/deployment/sync.go cleanupDeployment). */
export function pruneRevisions(state: WorkloadState): void {
  const { revisions, spec } = state;
  if (revisions.length <= spec.rollout.revisionHistoryLimit + 1) return;
  if (revisions.some((revision) => revision !== newest(state) && revision.active + revision.creating > 0)) return;
  const used = new Set([...state.pods].map(({ release }) => release));
  const empty = revisions.filter((revision) => revision !== newest(state) && !used.has(revision));
  const surplus = new Set(empty.slice(0, revisions.length - 1 - spec.rollout.revisionHistoryLimit));
  revisions.splice(0, revisions.length, ...revisions.filter((revision) => !surplus.has(revision)));
}

/** The replicas change. */
export function setReplicas(state: WorkloadState, replicas: number, now: Ms): void {
  if (replicas === state.spec.replicas) return;
  state.spec = { ...state.spec, replicas };
  remember(state, now);
}

/** Notes the spec as it is from now. */
export function remember(state: WorkloadState, now: Ms): void {
  const { image, quality } = newest(state);
  const revisions = state.revisions.map((revision) => ({ revision, number: revision.number }));
  state.history.push({ atMs: now, replicas: state.spec.replicas, image, quality, revisions });
}

/** Spec and revisions become what they were at `atMs`: younger ones do not exist any more, and each wants the pods that it has, which are those of then. False when the workload did not exist. */
export function recall(state: WorkloadState, atMs: Ms, now: Ms): boolean {
  const past = state.history.findLast((entry) => entry.atMs <= atMs);
  if (past === undefined) return false;
  const { image, quality, replicas } = past;
  for (const { revision, number } of past.revisions) {
    revision.number = number;
    revision.wanted = revision.active;
  }
  state.revisions.splice(0, state.revisions.length, ...past.revisions.map(({ revision }) => revision));
  for (const pod of state.pods) pod.revision = pod.release.number;
  const { template, behaviour } = state.spec;
  const then = { template: { ...template, image }, behaviour: { ...behaviour, release: quality } };
  state.spec = { ...state.spec, ...then, replicas };
  state.stuck = false;
  remember(state, now);
  return true;
}
