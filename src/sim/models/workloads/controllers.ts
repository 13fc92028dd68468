/** What all workload controllers of the controller-manager share: they sync a workload after it changed, if one of them acts, and they write pods at their client's pace. */
import type { Ms } from '../../../base/clock.ts';
import type { Kernel } from '../../kernel.ts';
import type { ControlPlane, SiteName } from '../../model.ts';
import { controllerWrites, createWritePace, type WritePace } from '../control-plane/write-pace.ts';
import { watchDelayMs } from './pod-constants.ts';
import type { PodRecord, Revision, WorkloadState } from './pod-record.ts';
import type { PodStore, PodWish } from './pod-store.ts';
import { pruneRevisions } from './revisions.ts';

/** Controllers of all sites. */
export interface Controllers {
  acts(site: SiteName): boolean;
  /** The workload changed: it will be looked at. */
  dirty(state: WorkloadState): void;
  /** Books `wishes.length` creations with slow start: 1, 2, 4, ... per round trip (pkg/controller/replicaset slowStartBatch). */
  create(state: WorkloadState, release: Revision, wishes: readonly PodWish[]): void;
  /** Books a deletion. */
  remove(pod: PodRecord): void;
  /** Runs `act` when the named client of the site may write, if a controller-manager acts then; else `lost`. */
  write(client: string, site: SiteName, act: () => void, lost?: () => void): void;
  /** Looks at the workload again at that time. */
  again(state: WorkloadState, atMs: Ms): void;
}

/** `sync` does one pass over a workload. */
export function createControllers(
  kernel: Kernel,
  controlPlane: ControlPlane,
  store: PodStore,
  sync: (state: WorkloadState) => void,
): Controllers {
  const paces = new Map<string, WritePace>();
  const planned = new Set<WorkloadState>();
  const blocked = new Set<WorkloadState>();
  const wakes = new Map<WorkloadState, Ms>();
  const acts = (site: SiteName) => controlPlane.controllerManager(site) !== undefined;
  const pace = (client: string, site: SiteName) => {
    const key = `${site}/${client}`;
    const known = paces.get(key) ?? createWritePace(kernel, controllerWrites);
    paces.set(key, known);
    return known;
  };
  const run = (state: WorkloadState) => {
    planned.delete(state);
    if (!state.deployed) return;
    if (!acts(state.site.name)) {
      blocked.add(state);
      return;
    }
    const news = !state.observed;
    state.observed = true;
    sync(state);
    pruneRevisions(state);
    if (news) store.touch(state);
  };
  const dirty = (state: WorkloadState) => {
    if (planned.has(state)) return;
    planned.add(state);
    kernel.after(watchDelayMs, () => run(state));
  };
  controlPlane.changed.on(({ site }) => {
    if (blocked.size === 0 || !acts(site)) return;
    for (const state of [...blocked])
      if (state.site.name === site) {
        blocked.delete(state);
        dirty(state);
      }
  });
  const write: Controllers['write'] = (client, site, act, lost) => {
    kernel.at(pace(client, site).reserve(), () => {
      if (acts(site)) act();
      else lost?.();
    });
  };
  return {
    acts,
    dirty,
    write,
    again: (state, atMs) => {
      const planned = wakes.get(state);
      if (planned !== undefined && planned <= atMs) return; // that pass will ask again
      wakes.set(state, atMs);
      kernel.at(atMs, () => {
        if (wakes.get(state) === atMs) wakes.delete(state);
        dirty(state);
      });
    },
    create: (state, release, wishes) => {
      const tripMs = controlPlane.write(state.site.name).latencyMs;
      wishes.forEach((wish, i) => {
        release.creating++;
        const batch = 31 - Math.clz32(i + 1);
        const atMs = Math.max(pace(state.spec.kind, state.site.name).reserve(), kernel.now() + batch * tripMs);
        kernel.at(atMs, () => {
          release.creating--;
          // A restore of etcd may have taken the revision away meanwhile.
          if (acts(state.site.name) && state.revisions.includes(release)) store.create(state, release, wish);
          else dirty(state);
        });
      });
    },
    remove: (pod) => {
      if (pod.doomed || pod.deletedMs !== undefined) return;
      doom(pod, 1);
      const undo = () => {
        doom(pod, -1);
        dirty(pod.of);
      };
      write(pod.of.spec.kind, pod.site, () => store.markDeleted(pod), undo);
    },
  };
}

function doom(pod: PodRecord, sign: 1 | -1): void {
  if (pod.gone || pod.deletedMs !== undefined) return;
  pod.doomed = sign === 1;
  pod.release.doomed += sign;
}
